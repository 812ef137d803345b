import type { VNode } from 'preact';
import type { SearchPageDto } from '../../api/search.dto';
import { RepositoryList } from '../components/repository-list';
import type { Page } from '../layout/document';
import type { PageContext } from '../rendering/page-context';
import { addressOf, type SearchForm } from './search-form';
import { SearchFilters } from './search-filters';
import { verbatim } from '../components/verbatim';

/** The page of search results. */
export function searchPage(context: PageContext, form: SearchForm, found: SearchPageDto): Page {
  const { search } = context.messages;
  return {
    title: search.title(form.q),
    query: form.q,
    body: (
      <>
        <h1>{search.heading(form.q)}</h1>
        <div class="search">
          <SearchFilters context={context} form={form} />
          <section>
            <p role="status">
              {search.results(context.formats.number(found.total), found.total, found.total_is_exact)}
            </p>
            {found.did_you_mean === undefined ? null : (
              <p>
                {search.didYouMean}{' '}
                <a href={addressOf({ ...form, q: found.did_you_mean, page: 1 })} {...verbatim}>
                  {found.did_you_mean}
                </a>
              </p>
            )}
            {found.items.length === 0 ? <Nothing context={context} form={form} /> : null}
            <RepositoryList
              heading="h2"
              context={context}
              repositories={found.items.map((item, at) => ({
                ...item,
                isPrivate: item.visibility === 'private',
                note: explanationOf(context, found, at),
              }))}
            />
            <Pages context={context} form={form} found={found} />
          </section>
        </div>
      </>
    ),
  };
}

function explanationOf(context: PageContext, found: SearchPageDto, at: number): VNode | undefined {
  const hit = found.explanation?.hits[at];
  if (hit === undefined) return undefined;
  const { search } = context.messages;
  return (
    <details>
      <summary>{search.score}</summary>
      <p>{search.scoreText(hit.text_class, hit.score.toFixed(1))}</p>
    </details>
  );
}

function Nothing({ context, form }: { readonly context: PageContext; readonly form: SearchForm }): VNode {
  const { search, home } = context.messages;
  return (
    <>
      <p>{search.nothing}</p>
      <p>{search.tryOther}</p>
      <ul>
        {form.q === '' ? null : (
          <li>
            <a href={addressOf({ q: form.q, page: 1 })}>{search.title(form.q)}</a>
          </li>
        )}
        <li>
          <a href={addressOf({ q: '', page: 1, official: true, sort: 'pulls' })}>{home.official}</a>
        </li>
      </ul>
    </>
  );
}

interface PagesProps {
  readonly context: PageContext;
  readonly form: SearchForm;
  readonly found: SearchPageDto;
}

function Pages({ context, form, found }: PagesProps): VNode | null {
  const { search } = context.messages;
  if (found.next === null && form.page === 1) return null;
  return (
    <nav aria-label={search.pages}>
      <ul class="pages">
        {form.page > 1 ? (
          <li>
            <a href={addressOf({ ...form, page: 1 })}>{search.first}</a>
          </li>
        ) : null}
        {found.next === null ? null : (
          <li>
            <a href={addressOf({ ...form, page: form.page + 1 })} rel="next">
              {search.next}
            </a>
          </li>
        )}
      </ul>
    </nav>
  );
}
