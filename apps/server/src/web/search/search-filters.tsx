import { imageKinds } from '@central-index/repositories';
import type { VNode } from 'preact';
import type { PageContext } from '../rendering/page-context';
import { sorts, type SearchForm } from './search-form';

interface SearchFiltersProps {
  readonly context: PageContext;
  readonly form: SearchForm;
}

/** The filters and the order of a search, as a form that needs no script. */
export function SearchFilters({ context, form }: SearchFiltersProps): VNode {
  const { search, kinds, site } = context.messages;
  return (
    <form action="/search" class="filters" aria-label={search.filters}>
      <input type="hidden" name="q" value={form.q} />
      <label>
        <input type="checkbox" name="official" value="true" checked={form.official === true} />{' '}
        {search.officialOnly}
      </label>
      <label>
        <input type="checkbox" name="automated" value="true" checked={form.automated === true} />{' '}
        {search.automatedOnly}
      </label>
      <label>
        {search.kind}
        <select name="kind">
          <option value="">{search.anyKind}</option>
          {imageKinds.map((kind) => (
            <option key={kind} value={kind} selected={kind === form.kind}>
              {kinds[kind]}
            </option>
          ))}
        </select>
      </label>
      <label>
        {search.minimumStars}
        <input type="number" name="stars" min="1" value={form.stars ?? ''} />
      </label>
      <label>
        {search.sort}
        <select name="sort">
          {sorts.map((sort) => (
            <option key={sort} value={sort} selected={sort === (form.sort ?? 'relevance')}>
              {search.sorts[sort]}
            </option>
          ))}
        </select>
      </label>
      <button>{site.apply}</button>
    </form>
  );
}
