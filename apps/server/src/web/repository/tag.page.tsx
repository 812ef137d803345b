import type { VNode } from 'preact';
import type { TagDto, TagMoveDto } from '../../api/tags.dto';
import { Field, FormToken } from '../components/form-fields';
import { repositoryPath } from '../components/repository-list';
import type { Page } from '../layout/document';
import type { PageContext } from '../rendering/page-context';
import { RepositoryHead, type RepositoryView } from './repository-head';
import { pushedText } from './tags.page';
import { Table } from '../components/table';
import { verbatim } from '../components/verbatim';

/** One tag: its image, platforms and labels, and the images that it named before. */
export function tagPage(
  context: PageContext,
  view: RepositoryView,
  tag: TagDto,
  history: readonly TagMoveDto[],
): Page {
  const { repository } = view;
  const { tags: texts } = context.messages;
  const labels = Object.entries(tag.labels);
  return {
    title: `${repository.full_name}:${tag.name}`,
    canonical: `${repositoryPath(repository)}/tags/${encodeURIComponent(tag.name)}`,
    isPublic: repository.visibility === 'public',
    body: (
      <>
        <RepositoryHead context={context} view={view} section="tags" />
        <h2 {...verbatim}>{`${repository.full_name}:${tag.name}`}</h2>
        <Details context={context} tag={tag} />
        {tag.platforms.length === 0 ? null : <Platforms context={context} tag={tag} />}
        {labels.length === 0 ? null : (
          <>
            <h3>{texts.labels}</h3>
            <dl {...verbatim}>
              {labels.map(([name, value]) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>{value}</dd>
                </div>
              ))}
            </dl>
          </>
        )}
        <h3>{texts.history}</h3>
        {history.length === 0 ? <p>{texts.historyNone}</p> : null}
        <ol class="history">
          {history.map((move, at) => (
            <li key={at}>
              <code {...verbatim}>{move.digest}</code> {pushedText(context, move)}{' '}
              <span {...verbatim}>{move.pushed_by}</span>
            </li>
          ))}
        </ol>
        {view.mayChange ? <TagDeletion context={context} view={view} tag={tag} /> : null}
      </>
    ),
  };
}

interface TagDeletionProps {
  readonly context: PageContext;
  readonly view: RepositoryView;
  readonly tag: TagDto;
}

function TagDeletion({ context, view, tag }: TagDeletionProps): VNode {
  const { tags: texts, forms } = context.messages;
  const { repository } = view;
  return (
    <section class="narrow">
      <h3>{texts.deleteTag}</h3>
      <form
        method="post"
        action={`${repositoryPath(repository)}/tags/${encodeURIComponent(tag.name)}/delete`}
      >
        <FormToken context={context} once />
        <Field name="confirm" label={forms.confirm(`${repository.full_name}:${tag.name}`)}>
          {(attributes) => <input {...attributes} required autocomplete="off" spellcheck={false} />}
        </Field>
        <p>
          <label>
            <input type="checkbox" name="referrers" value="true" /> {texts.withReferrers}
          </label>
        </p>
        <button class="danger">{texts.deleteTag}</button>
      </form>
    </section>
  );
}

function Details({ context, tag }: { readonly context: PageContext; readonly tag: TagDto }): VNode {
  const { tags: texts, kinds } = context.messages;
  const { formats } = context;
  const facts: [name: string, value: string][] = [
    [texts.kind, kinds[tag.kind]],
    [texts.digest, tag.digest],
    [texts.mediaType, tag.media_type],
    [texts.size, tag.size === null ? texts.unknown : formats.bytes(tag.size)],
    [texts.built, tag.built_at === null ? texts.unknown : formats.time(new Date(tag.built_at))],
    [texts.pushed, pushedText(context, tag)],
    [texts.by, tag.pushed_by ?? texts.unknown],
  ];
  return (
    <dl {...verbatim}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Platforms({ context, tag }: { readonly context: PageContext; readonly tag: TagDto }): VNode {
  const { tags: texts } = context.messages;
  return (
    <Table name={texts.platforms} headings={[texts.platform, texts.digest, texts.size]} isVerbatim>
      {tag.platforms.map(({ os, architecture, variant, digest, size }, at) => (
        <tr key={at}>
          <th scope="row">{[os, architecture, variant].filter(Boolean).join('/')}</th>
          <td>
            <code>{digest ?? texts.unknown}</code>
          </td>
          <td>{size === null ? texts.unknown : context.formats.bytes(size)}</td>
        </tr>
      ))}
    </Table>
  );
}
