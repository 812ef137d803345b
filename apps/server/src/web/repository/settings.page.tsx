import { descriptionLength, readmeLength } from '@central-index/repositories';
import type { VNode } from 'preact';
import { Field, FormMessage, FormToken, otherErrors } from '../components/form-fields';
import { repositoryPath } from '../components/repository-list';
import { verbatim } from '../components/verbatim';
import type { Page } from '../layout/document';
import type { Refusal } from '../rendering/form-submission';
import { renderMarkdown } from '../rendering/markdown';
import type { PageContext } from '../rendering/page-context';
import { RepositoryHead, type RepositoryView } from './repository-head';

/** What the form of a repository's texts holds. */
export interface TextsForm {
  readonly description: string;
  readonly readme: string;
  readonly visibility: string;
  /** True to show the README as it would look. */
  readonly preview: boolean;
}

interface SettingsProps {
  readonly context: PageContext;
  readonly view: RepositoryView;
  readonly form: TextsForm;
  readonly refusal: Refusal;
}

const visibilities = ['public', 'private'] as const;

/** The settings of a repository, for who may change it: texts, visibility, deletion. */
export function settingsPage(props: SettingsProps): Page {
  const { context, view, form } = props;
  const { repository: texts } = context.messages;
  return {
    title: `${texts.settings}: ${view.repository.full_name}`,
    body: (
      <>
        <RepositoryHead context={context} view={view} section="settings" />
        <div class="narrow">
          {form.preview ? (
            <section>
              <h2>{texts.preview}</h2>
              <article
                class="readme"
                {...verbatim}
                dangerouslySetInnerHTML={{
                  __html: renderMarkdown(form.readme, { source: view.repository.labels['source'] }),
                }}
              />
            </section>
          ) : null}
          <Texts {...props} />
          <Deletion {...props} />
        </div>
      </>
    ),
  };
}

function Texts({ context, view, form, refusal: { errors } }: SettingsProps): VNode {
  const { forms, repository: texts } = context.messages;
  return (
    <>
      <h2>{texts.texts}</h2>
      <FormMessage>{otherErrors(errors, ['description', 'readme', 'confirm'])}</FormMessage>
      <form method="post" action={`${repositoryPath(view.repository)}/settings`}>
        <FormToken context={context} />
        <Field name="description" label={forms.description} errors={errors}>
          {(attributes) => (
            <input
              {...attributes}
              value={form.description}
              maxLength={2 * descriptionLength}
              autocomplete="off"
            />
          )}
        </Field>
        <Field name="readme" label={forms.readme} hint={forms.readmeHint} errors={errors}>
          {(attributes) => (
            // The first line break after the tag would be lost.
            <textarea {...attributes} rows={16} maxLength={2 * readmeLength}>
              {`\n${form.readme}`}
            </textarea>
          )}
        </Field>
        <fieldset>
          <legend>{forms.visibility}</legend>
          {visibilities.map((value) => (
            <label key={value}>
              <input type="radio" name="visibility" value={value} checked={value === form.visibility} />{' '}
              {forms.visibilities[value]}
            </label>
          ))}
        </fieldset>
        <button>{forms.save}</button>{' '}
        <button name="preview" value="true" class="second">
          {texts.preview}
        </button>
      </form>
    </>
  );
}

function Deletion({ context, view, refusal: { errors } }: SettingsProps): VNode {
  const { forms, repository: texts } = context.messages;
  const { repository } = view;
  return (
    <>
      <h2>{texts.deleteRepository}</h2>
      <p>{texts.deleteText}</p>
      <form method="post" action={`${repositoryPath(repository)}/delete`}>
        <FormToken context={context} once />
        <Field name="confirm" label={forms.confirm(repository.full_name)} errors={errors}>
          {(attributes) => <input {...attributes} required autocomplete="off" spellcheck={false} />}
        </Field>
        <button class="danger">{texts.deleteRepository}</button>
      </form>
    </>
  );
}
