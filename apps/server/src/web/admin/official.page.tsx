import type { OfficialRow } from '@central-index/repositories';
import type { FieldError } from '@central-index/platform/errors';
import type { VNode } from 'preact';
import { ConfirmedAction } from '../components/actions';
import { TextField } from '../components/controls';
import { FormMessage, FormToken, otherErrors } from '../components/form-fields';
import { Paging } from '../components/paging';
import { Table } from '../components/table';
import { Named } from '../components/user-text';
import { verbatim } from '../components/verbatim';
import type { Page } from '../layout/document';
import type { PageContext } from '../rendering/page-context';
import { AdminFrame } from './admin-frame';

/** What the form of an official repository holds. */
export interface OfficialForm {
  readonly name: string;
  readonly description: string;
}

/** What the page of official repositories shows. */
export interface OfficialView {
  readonly repositories: readonly OfficialRow[];
  readonly next: string | null;
  readonly isFirst: boolean;
  readonly form: OfficialForm;
  readonly errors: readonly FieldError[];
}

/** The official repositories by name, and a form for another one. */
export function officialPage(context: PageContext, view: OfficialView): Page {
  const { admin, forms } = context.messages;
  const { repositories, next, isFirst, form, errors } = view;
  return {
    title: admin.pages.official,
    body: (
      <AdminFrame context={context} page="official">
        <p>{admin.official.text}</p>
        <FormMessage>{otherErrors(errors, ['name', 'description'])}</FormMessage>
        {repositories.length === 0 ? (
          <p>{admin.official.none}</p>
        ) : (
          <OfficialTable context={context} repositories={repositories} />
        )}
        <Paging context={context} path="/admin/official" next={next} isFirst={isFirst} />
        <section class="narrow">
          <h2>{admin.official.add}</h2>
          <p>{admin.official.addText}</p>
          <form method="post" action="/admin/official">
            <FormToken context={context} once />
            <TextField name="name" label={forms.name} value={form.name} errors={errors} required />
            <TextField
              name="description"
              label={forms.description}
              value={form.description}
              errors={errors}
            />
            <button>{admin.official.add}</button>
          </form>
        </section>
      </AdminFrame>
    ),
  };
}

function OfficialTable({
  context,
  repositories,
}: {
  readonly context: PageContext;
  readonly repositories: readonly OfficialRow[];
}): VNode {
  const { official: texts, pages } = context.messages.admin;
  const { formats, tags } = { formats: context.formats, tags: context.messages.tags };
  const headings = [texts.name, texts.description, texts.registry, tags.pushed, texts.action];
  return (
    <Table name={pages.official} headings={headings}>
      {repositories.map(({ name, description, registry, pushedAt }) => (
        <tr key={name}>
          <th scope="row" {...verbatim}>
            <a href={`/_/${name}`}>{name}</a>
          </th>
          <td {...verbatim}>{description}</td>
          <td {...verbatim}>{registry ?? ''}</td>
          <td>{pushedAt === null ? texts.notPushed : formats.date(pushedAt)}</td>
          <td>
            <a href={`/admin/official/${name}`} aria-label={`${texts.change}: ${name}`}>
              {texts.change}
            </a>
          </td>
        </tr>
      ))}
    </Table>
  );
}

/** One official repository: its description, and its removal. */
export function officialRepositoryPage(
  context: PageContext,
  form: OfficialForm,
  errors: readonly FieldError[],
): Page {
  const { admin, forms } = context.messages;
  const { name, description } = form;
  const path = `/admin/official/${name}`;
  return {
    title: admin.official.title(name),
    body: (
      <AdminFrame
        context={context}
        page="official"
        heading={<Named text={admin.official.repository} name={name} />}
      >
        <div class="narrow">
          <FormMessage>{otherErrors(errors, ['description', 'confirm'])}</FormMessage>
          <p>
            <a href={`/_/${name}`}>{admin.official.show}</a>
          </p>
          <form method="post" action={path}>
            <FormToken context={context} />
            <TextField name="description" label={forms.description} value={description} errors={errors} />
            <button>{forms.save}</button>
          </form>
          <h2>{admin.official.remove}</h2>
          <p>{admin.official.removeText}</p>
          <ConfirmedAction
            context={context}
            action={`${path}/remove`}
            text={admin.official.remove}
            name={name}
            errors={errors}
          />
        </div>
      </AdminFrame>
    ),
  };
}
