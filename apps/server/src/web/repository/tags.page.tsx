import type { ImageKind } from '@central-index/repositories';
import type { VNode } from 'preact';
import type { ListDto } from '../../api/page.dto';
import type { TagDto } from '../../api/tags.dto';
import { FormMessage } from '../components/form-fields';
import { repositoryPath } from '../components/repository-list';
import { Table } from '../components/table';
import type { Page } from '../layout/document';
import type { PageContext } from '../rendering/page-context';
import { RepositoryHead, type RepositoryView } from './repository-head';
import type { DeletionOutcome } from './repository-parameters';

const shownDigits = 19;
const filters = [undefined, 'signature', 'sbom', 'attestation'] as const;

/** What the list of tags shows. */
export interface TagsView {
  readonly tags: ListDto<TagDto>;
  /** Tags of this kind; undefined for versions. */
  readonly kind: ImageKind | undefined;
  /** The tag that was just deleted, and the outcome for its referrers. */
  readonly deletion?: { readonly tag: string; readonly outcome: DeletionOutcome };
}

/** The tags of a repository. */
export function tagsPage(context: PageContext, view: RepositoryView, shown: TagsView): Page {
  const { repository } = view;
  const { tags: texts, search } = context.messages;
  const { tags, kind, deletion } = shown;
  const path = `${repositoryPath(repository)}/tags`;
  const address = (query: Readonly<Record<string, string | undefined>>): string => {
    const set = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
    return set.length === 0 ? path : `${path}?${new URLSearchParams(set).toString()}`;
  };
  return {
    title: texts.title(repository.full_name),
    canonical: path,
    isPublic: repository.visibility === 'public',
    body: (
      <>
        <RepositoryHead context={context} view={view} section="tags" />
        <FormMessage>{deletion && texts.deleted[deletion.outcome](deletion.tag)}</FormMessage>
        <nav aria-label={texts.kindChoice}>
          <ul class="pages">
            {filters.map((filter) => (
              <li key={filter ?? 'versions'}>
                <a href={address({ kind: filter })} aria-current={filter === kind ? 'page' : undefined}>
                  {filter === undefined ? texts.versions : context.messages.kinds[filter]}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        {tags.items.length === 0 ? (
          <p>{texts.none}</p>
        ) : (
          <TagTable context={context} path={path} tags={tags.items} />
        )}
        {tags.next === null ? null : (
          <p>
            <a href={address({ kind, cursor: tags.next })} rel="next">
              {search.next}
            </a>
          </p>
        )}
      </>
    ),
  };
}

interface TagTableProps {
  readonly context: PageContext;
  readonly path: string;
  readonly tags: readonly TagDto[];
}

function TagTable({ context, path, tags }: TagTableProps): VNode {
  const { tags: texts, kinds } = context.messages;
  const headings = [
    texts.name,
    texts.kind,
    texts.digest,
    texts.platforms,
    texts.size,
    texts.pushed,
    texts.by,
  ];
  return (
    <Table name={context.messages.repository.tags} headings={headings} isVerbatim>
      {tags.map((tag) => (
        <tr key={tag.name}>
          <th scope="row">
            <a href={`${path}/${encodeURIComponent(tag.name)}`}>{tag.name}</a>
          </th>
          <td>{kinds[tag.kind]}</td>
          <td>
            <code title={tag.digest}>{tag.digest.slice(0, shownDigits)}</code>
          </td>
          <td>{platformsOf(tag)}</td>
          <td>{tag.size === null ? texts.unknown : context.formats.bytes(tag.size)}</td>
          <td>{pushedText(context, tag)}</td>
          <td>{tag.pushed_by === null ? null : <a href={`/u/${tag.pushed_by}`}>{tag.pushed_by}</a>}</td>
        </tr>
      ))}
    </Table>
  );
}

function platformsOf({ platforms }: TagDto): string {
  return platforms
    .map(({ os, architecture, variant }) => [os, architecture, variant].filter(Boolean).join('/'))
    .join(', ');
}

/** When a tag was pushed, or found if its push was not reported. */
export function pushedText(
  { formats, messages }: PageContext,
  { pushed_at, found_at }: Pick<TagDto, 'pushed_at' | 'found_at'>,
): string {
  if (pushed_at !== null) return formats.time(new Date(pushed_at));
  return found_at === null ? messages.tags.unknown : messages.tags.found(formats.time(new Date(found_at)));
}
