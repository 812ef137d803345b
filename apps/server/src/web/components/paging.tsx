import type { VNode } from 'preact';
import type { PageContext } from '../rendering/page-context';

interface PagingProps {
  readonly context: PageContext;
  /** The path of the list. */
  readonly path: string;
  /** Its filters; empty ones are left out. */
  readonly filters?: Readonly<Record<string, string>>;
  /** The cursor of the next page; null on the last one. */
  readonly next: string | null;
  readonly isFirst: boolean;
}

/** Links to the next and the first page of a list with a cursor. */
export function Paging({ context, path, filters = {}, next, isFirst }: PagingProps): VNode | null {
  const { search } = context.messages;
  if (next === null && isFirst) return null;
  return (
    <nav aria-label={search.pages}>
      <ul class="pages">
        {isFirst ? null : (
          <li>
            <a href={addressOf(path, filters)}>{search.first}</a>
          </li>
        )}
        {next === null ? null : (
          <li>
            <a href={addressOf(path, { ...filters, cursor: next })} rel="next">
              {search.next}
            </a>
          </li>
        )}
      </ul>
    </nav>
  );
}

function addressOf(path: string, parameters: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== ''));
  return query.size === 0 ? path : `${path}?${query.toString()}`;
}
