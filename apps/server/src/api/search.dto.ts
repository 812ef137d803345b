import type { SearchHit, SearchPage } from '@central-index/search';
import { z } from 'zod';

const flag = z.enum(['true', 'false']).transform((value) => value === 'true');
const whole = (least: number, most: number) =>
  z
    .string()
    .regex(/^[0-9]{1,9}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(least).max(most));

/** A search: what is typed, the page, and which repositories count. */
export const searchQuerySchema = z.strictObject({
  q: z.string().default('').describe('name, ns/name, ns/ or words; only 100 characters count'),
  page: whole(1, 1000).default(1),
  per_page: whole(1, 100).default(25),
  official: flag.optional(),
  automated: flag.optional(),
  stars: whole(0, 999_999_999).optional().describe('the least number of stars'),
  namespace: z.string().max(255).optional(),
  sort: z.enum(['relevance', 'stars', 'pulls', 'updated']).default('relevance'),
});
export type SearchQueryDto = z.infer<typeof searchQuerySchema>;

const hitSchema = z
  .strictObject({
    namespace: z.string(),
    name: z.string(),
    full_name: z.string().describe('`centos` for library/centos'),
    description: z.string(),
    visibility: z.enum(['public', 'private']),
    official: z.boolean(),
    automated: z.boolean(),
    stars: z.int(),
    pulls: z.int(),
    updated_at: z.iso.datetime(),
  })
  .meta({ id: 'SearchHit' });

/** One page of what was found. */
export const searchPageSchema = z
  .strictObject({
    items: z.array(hitSchema),
    total: z.int().describe('exact up to 1000, which is as far as pages reach'),
    page: z.int(),
    per_page: z.int(),
  })
  .meta({ id: 'SearchPage' });
export type SearchPageDto = z.infer<typeof searchPageSchema>;

/** Writes a page of hits for the REST API. */
export function toSearchPage(found: SearchPage): SearchPageDto {
  return {
    items: found.items.map(toHit),
    total: found.total,
    page: found.page,
    per_page: found.perPage,
  };
}

function toHit(hit: SearchHit): SearchPageDto['items'][number] {
  const { namespace, name, description, official, automated, stars, pulls } = hit;
  return {
    namespace,
    name,
    full_name: official ? name : `${namespace}/${name}`,
    description,
    visibility: hit.private ? 'private' : 'public',
    official,
    automated,
    stars,
    pulls,
    updated_at: hit.updatedAt.toISOString(),
  };
}
