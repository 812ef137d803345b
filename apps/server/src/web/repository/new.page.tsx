import { descriptionLength } from '@central-index/repositories';
import type { FieldError } from '@central-index/platform/errors';
import { Field, FormMessage, FormToken, otherErrors } from '../components/form-fields';
import type { Page } from '../layout/document';
import type { PageContext } from '../rendering/page-context';
import { verbatim } from '../components/verbatim';

/** What the form of a new repository holds. */
export interface NewRepositoryForm {
  readonly namespace: string;
  readonly name: string;
  readonly description: string;
  readonly visibility: string;
  readonly errors: readonly FieldError[];
}

const visibilities = ['public', 'private'] as const;

/** The form of a new repository. */
export function newRepositoryPage(context: PageContext, form: NewRepositoryForm): Page {
  const { newRepository, forms } = context.messages;
  const { errors } = form;
  return {
    title: newRepository.title,
    body: (
      <div class="narrow">
        <h1>{newRepository.title}</h1>
        <p>{newRepository.lead}</p>
        <FormMessage>{otherErrors(errors, ['name', 'description', 'visibility'])}</FormMessage>
        <form method="post" action="/new">
          <FormToken context={context} once />
          <p>
            {forms.namespace}: <code {...verbatim}>{form.namespace}</code>
          </p>
          <Field name="name" label={forms.name} hint={forms.nameHint} errors={errors}>
            {(attributes) => (
              <input
                {...attributes}
                value={form.name}
                required
                maxLength={255}
                autocomplete="off"
                autocapitalize="none"
                spellcheck={false}
              />
            )}
          </Field>
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
          <fieldset>
            <legend>{forms.visibility}</legend>
            {visibilities.map((value) => (
              <label key={value}>
                <input
                  type="radio"
                  name="visibility"
                  value={value}
                  checked={value === (form.visibility === 'private' ? 'private' : 'public')}
                />{' '}
                {forms.visibilities[value]}
              </label>
            ))}
          </fieldset>
          <button>{newRepository.submit}</button>
        </form>
      </div>
    ),
  };
}
