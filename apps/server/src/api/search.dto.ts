import type { SearchExplanation } from '@central-index/search';
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
  namespace: z
    .string()
    .max(255)
    .regex(/^[^\0]*$/, 'must not contain NUL')
    .optional(),
  sort: z.enum(['relevance', 'stars', 'pulls', 'updated']).default('relevance'),
  explain: flag.default(false).describe('for administrators: how the ranking came about'),
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

const explanationSchema = z
  .strictObject({
    text: z.string().describe('the query as it was understood'),
    namespace: z.string().nullable(),
    name: z.string().nullable(),
    words: z.array(z.string()),
    candidates: z.int().describe('documents that the engine gave'),
    similar: z.array(z.strictObject({ name: z.string(), edits: z.int() })),
    hits: z.array(
      z.strictObject({
        position: z.int(),
        full_name: z.string(),
        text_class: z.string(),
        pinned: z.boolean(),
        corrected_to: z
          .string()
          .nullable()
          .describe('the name that the query was taken to mean, if only that is answered'),
        text: z.number(),
        popularity: z.number(),
        official: z.number(),
        score: z.number(),
      }),
    ),
  })
  .meta({ id: 'SearchExplanation' });

/** One page of what was found. */
export const searchPageSchema = z
  .strictObject({
    items: z.array(hitSchema),
    total: z.int().describe('exact up to 1000, which is as far as pages reach'),
    page: z.int(),
    per_page: z.int(),
    did_you_mean: z
      .string()
      .optional()
      .describe('a popular name, when what was typed looks like a misspelling'),
    explanation: explanationSchema.optional(),
  })
  .meta({ id: 'SearchPage' });
export type SearchPageDto = z.infer<typeof searchPageSchema>;

/** Writes a page of hits for the REST API. */
export function toSearchPage(found: SearchPage, explanation?: SearchExplanation): SearchPageDto {
  return {
    items: found.items.map(toHit),
    total: found.total,
    page: found.page,
    per_page: found.perPage,
    ...(found.didYouMean === undefined ? {} : { did_you_mean: found.didYouMean }),
    ...(explanation === undefined ? {} : { explanation: toExplanation(explanation) }),
  };
}

function toExplanation({
  query,
  candidates,
  suggestions,
  ratings,
}: SearchExplanation): z.infer<typeof explanationSchema> {
  return {
    text: query.text,
    namespace: query.namespace ?? null,
    name: query.name ?? null,
    words: [...query.words],
    candidates,
    similar: suggestions.map(({ name, edits }) => ({ name, edits })),
    hits: ratings.map(({ position, document, textClass, pin, correctedTo, text, official, score }) => ({
      position,
      full_name: document.official ? document.name : `${document.namespace}/${document.name}`,
      text_class: textClass,
      pinned: pin !== undefined,
      corrected_to: correctedTo ?? null,
      text,
      popularity: document.popularity,
      official,
      score,
    })),
  };
}

/** What has been typed so far. */
export const suggestQuerySchema = z.strictObject({
  q: z.string().default('').describe('the beginning of a name, or `ns/` and the beginning of one'),
  limit: whole(1, 25).default(8),
});
export type SuggestQueryDto = z.infer<typeof suggestQuerySchema>;

/** Names that begin so, the most popular first. */
export const suggestionsSchema = z
  .strictObject({
    items: z.array(
      z.strictObject({
        full_name: z.string(),
        official: z.boolean(),
        description: z.string(),
        stars: z.int(),
      }),
    ),
  })
  .meta({ id: 'SearchSuggestions' });
export type SuggestionsDto = z.infer<typeof suggestionsSchema>;

/** Writes suggestions for the REST API. */
export function toSuggestions(hits: readonly SearchHit[]): SuggestionsDto {
  return {
    items: hits.map(toHit).map(({ full_name, official, description, stars }) => ({
      full_name,
      official,
      description,
      stars,
    })),
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
