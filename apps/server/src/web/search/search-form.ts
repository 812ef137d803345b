import { imageKinds } from '@central-index/repositories';
import type { SearchFilters } from '@central-index/search';
import { z } from 'zod';
import { platformWord } from '../../api/search.dto';

/** The orders of results, as the REST search has them. */
export const sorts = ['relevance', 'stars', 'pulls', 'pushed', 'updated'] as const;

// What a person types into the address is never refused: a value that means nothing counts as absent.
const checkbox = z
  .enum(['true', 'on', '1'])
  .transform(() => true)
  .optional()
  .catch(undefined);

/** The fields of the search form. */
export const searchFormSchema = z.object({
  q: z.string().catch(''),
  page: z.coerce.number().int().min(1).max(1000).catch(1),
  official: checkbox,
  automated: checkbox,
  kind: z.enum(imageKinds).optional().catch(undefined),
  os: platformWord.optional().catch(undefined),
  architecture: platformWord.optional().catch(undefined),
  stars: z.coerce.number().int().min(1).max(999_999_999).optional().catch(undefined),
  sort: z.enum(sorts).optional().catch(undefined),
  /** True to say of each result why it stands where it stands. */
  explain: checkbox,
});
/** The filled search form. */
export type SearchForm = z.infer<typeof searchFormSchema>;

/** The filters of a form. */
export const filtersOf = ({
  official,
  automated,
  kind,
  os,
  architecture,
  stars,
}: SearchForm): SearchFilters => ({
  official,
  automated,
  kind,
  os,
  architecture,
  stars,
});

/** The filters of a search: without a text and a filter, all images are listed. */
export const searchFiltersOf = (form: SearchForm): SearchFilters => {
  const filters = filtersOf(form);
  return form.q.trim() === '' && !isFiltered(form) ? { ...filters, stars: 0 } : filters;
};

/** True if a form has a filter. */
export const isFiltered = (form: SearchForm): boolean =>
  Object.values(filtersOf(form)).some((value) => value !== undefined);

/** The address of the results of a form. */
export function addressOf(form: SearchForm): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(form)) {
    if (value === undefined || value === '' || (name === 'page' && value === 1)) continue;
    if (name === 'sort' && value === 'relevance') continue;
    query.set(name, String(value));
  }
  return query.size === 0 ? '/search' : `/search?${query.toString()}`;
}
