import type { CountsByFilter } from '@central-index/search';
import type { VNode } from 'preact';
import type { SearchPageDto } from '../../api/search.dto';
import { RepositoryList } from '../components/repository-list';
import { verbatim } from '../components/verbatim';
import type { Page } from '../layout/document';
import type { PageContext } from '../rendering/page-context';
import { SearchExplanation } from './search-explanation';
import { SearchFilters } from './search-filters';
import { addressOf, isFiltered, type SearchForm } from './search-form';

/** What the page of search results shows. */
export interface SearchView {
  readonly form: SearchForm;
  readonly found: SearchPageDto;
  readonly counts: CountsByFilter;
}

/** The page of search results. */
export function searchPage(context: PageContext, view: SearchView): Page {
  const { search } = context.messages;
  const { form, found } = view;
  return {
    title: search.title(form.q),
    query: form.q,
    body: (
      <>
        <h1>{search.heading(form.q)}</h1>
        <div class="search">
          <SearchFilters context={context} form={form} counts={view.counts} />
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
            {found.items.length > 0 && (form.sort ?? 'relevance') === 'relevance' && form.q.trim() !== '' ? (
              <Why context={context} form={form} />
            ) : null}
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
  return hit && <SearchExplanation context={context} hit={hit} />;
}

interface FormProps {
  readonly context: PageContext;
  readonly form: SearchForm;
}

// A link in place of an explanation at each result: it costs something, and few ask for it.
function Why({ context, form }: FormProps): VNode {
  const { searchTexts: texts } = context.messages;
  if (form.explain !== true) {
    return (
      <p>
        <a href={addressOf({ ...form, explain: true })} rel="nofollow">
          {texts.why}
        </a>
      </p>
    );
  }
  return (
    <p class="notice">
      {texts.whyText} <a href={addressOf({ ...form, explain: undefined })}>{texts.whyHide}</a>
    </p>
  );
}

function Nothing({ context, form }: FormProps): VNode {
  const { search, searchTexts: texts, home } = context.messages;
  const words = form.q.trim().split(/[\s/]+/);
  const shorter = words.length > 1 ? words.filter((word) => word !== '') : [];
  return (
    <>
      <p>{search.nothing}</p>
      <p>{search.tryOther}</p>
      <ul>
        {form.q.trim() !== '' && (isFiltered(form) || form.page > 1) ? (
          <li>
            <a href={addressOf({ q: form.q, page: 1 })}>{texts.without(form.q)}</a>
          </li>
        ) : null}
        {shorter.slice(0, maxWords).map((word) => (
          <li key={word}>
            <a href={addressOf({ q: word, page: 1 })} {...verbatim}>
              {search.title(word)}
            </a>
          </li>
        ))}
        <li>
          <a href={addressOf({ q: '', page: 1, official: true, sort: 'pulls' })}>{home.official}</a>
        </li>
        <li>
          <a href="/search">{texts.whole}</a>
        </li>
        <li>
          <a href="/help#search">{texts.guide}</a>
        </li>
      </ul>
    </>
  );
}

const maxWords = 4;

function Pages({ context, form, found }: FormProps & { readonly found: SearchPageDto }): VNode | null {
  const { search } = context.messages;
  if (found.next === null && form.page === 1) return null;
  return (
    <nav aria-label={search.pages}>
      <ul class="pages">
        {form.page > 1 ? (
          <>
            <li>
              <a href={addressOf({ ...form, page: 1 })}>{search.first}</a>
            </li>
            <li>
              <a href={addressOf({ ...form, page: form.page - 1 })} rel="prev">
                {search.previous}
              </a>
            </li>
          </>
        ) : null}
        <li aria-current="page">{search.page(context.formats.number(form.page))}</li>
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
