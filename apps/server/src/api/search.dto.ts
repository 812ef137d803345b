import { imageKinds } from '@central-index/repositories';
import { searchOrders, type SearchExplanation, type SearchHit, type SearchPage } from '@central-index/search';
import { writeCursor } from '@central-index/platform/http';
import { z } from 'zod';
import { cursorSchema } from './page.dto';
import { documentedDefault, withDefault } from './openapi/schemas';
import { flag, wholeNumber } from './query-values';

const list = 'search';

/** An operating system or a processor architecture, as image configurations write them. */
export const platformWord = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$/, 'must be a plain word, such as linux or arm64');

/** The query of a search: text, page, filters and order. */
export const searchQuerySchema = z
  .strictObject({
    q: z
      .string()
      .default('')
      .describe(
        'name, ns/name, ns/ or words, of which the first 100 characters count; empty with filters or an order, all that pass',
      ),
    page: wholeNumber(1, 1000).optional().meta(documentedDefault(1)).describe('in place of `cursor`'),
    cursor: cursorSchema(list, 'id'),
    per_page: withDefault(wholeNumber(1, 100), 25).describe('items on a page'),
    official: flag.optional(),
    automated: flag.optional(),
    stars: wholeNumber(0, 999_999_999).optional().describe('minimum number of stars'),
    kind: z.enum(imageKinds).optional().describe('a kind of what can be pulled'),
    os: platformWord.optional().describe('an operating system that a version runs on, such as linux'),
    architecture: platformWord
      .optional()
      .describe('a processor architecture that a version runs on, such as arm64; with `os`, of one platform'),
    namespace: z
      .string()
      .max(255)
      .regex(/^[^\0]*$/, 'must not contain NUL')
      .optional(),
    sort: z
      .enum(searchOrders)
      .default('relevance')
      .describe(
        'in descending order; `updated` is the last change of contents, `pushed` the last reported push',
      ),
    explain: withDefault(flag, false).describe('add an explanation of the ranking; administrators only'),
  })
  .refine(({ page, cursor }) => page === undefined || cursor === undefined, {
    path: ['page'],
    message: 'must not be given together with cursor',
  });
/** A validated query of a search. */
export type SearchQueryDto = z.infer<typeof searchQuerySchema>;

const hitSchema = z
  .strictObject({
    namespace: z.string(),
    name: z.string(),
    full_name: z.string().describe('`alice/app`, or `centos` for `library/centos`'),
    description: z.string(),
    visibility: z.enum(['public', 'private']),
    official: z.boolean(),
    automated: z.boolean(),
    kinds: z.array(z.enum(imageKinds)).describe('kinds of what can be pulled; empty if unknown'),
    stars: z.int().min(0),
    pulls: z.int().min(0),
    updated_at: z.iso
      .datetime()
      .describe('when the contents last changed; a new description is no such change'),
    pushed_at: z.iso.datetime().nullable().describe('the last reported push; null if none is known'),
  })
  .meta({ id: 'SearchHit' });

const explanationSchema = z
  .strictObject({
    text: z.string().describe('the normalized query'),
    namespace: z.string().nullable(),
    name: z.string().nullable(),
    words: z.array(z.string()),
    candidates: z.int().min(0).describe('number of documents that the engine retrieved'),
    similar: z.array(z.strictObject({ name: z.string(), edits: z.int().min(0) })),
    hits: z.array(
      z.strictObject({
        position: z.int().min(0),
        full_name: z.string(),
        text_class: z.string(),
        pinned: z.boolean(),
        corrected_to: z
          .string()
          .nullable()
          .describe('the name that replaced a misspelt one in the query, if this hit matches only that'),
        text: z.number(),
        popularity: z.number(),
        official: z.number(),
        score: z.number(),
      }),
    ),
  })
  .meta({ id: 'SearchExplanation' });

/** A page of hits. */
export const searchPageSchema = z
  .strictObject({
    items: z.array(hitSchema),
    next: z.string().nullable().describe('`cursor` of the next page; null on the last one'),
    total: z.int().min(0).describe('number of hits, up to 1000; later pages are empty'),
    total_is_exact: z.boolean().describe('false when counting stopped at a bound, so that more may match'),
    page: z.int().min(0),
    per_page: z.int().min(0),
    did_you_mean: z.string().optional().describe('a popular name that the query may be a misspelling of'),
    explanation: explanationSchema.optional(),
  })
  .meta({ id: 'SearchPage' });
/** A page of hits as the API returns it. */
export type SearchPageDto = z.infer<typeof searchPageSchema>;

/** Converts a page of hits to the format of the API. */
export function toSearchPage(page: SearchPage, explanation?: SearchExplanation): SearchPageDto {
  return {
    items: page.items.map(toHit),
    next: page.nextStart === undefined ? null : writeCursor(list, String(page.nextStart)),
    total: page.total,
    total_is_exact: page.totalIsExact,
    page: page.page,
    per_page: page.perPage,
    ...(page.didYouMean === undefined ? {} : { did_you_mean: page.didYouMean }),
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

const suggestionList = 'suggestions';

/** The query of a completion. */
export const suggestQuerySchema = z.strictObject({
  q: z.string().default('').describe('prefix of a name, or `ns/` and a prefix'),
  per_page: withDefault(wholeNumber(1, 100), 8).describe('items on a page'),
  cursor: cursorSchema(suggestionList, 'id'),
});
/** A validated query of a completion. */
export type SuggestQueryDto = z.infer<typeof suggestQuerySchema>;

/** Repositories whose names have the prefix, most popular first. */
export const suggestionsSchema = z
  .strictObject({
    items: z.array(
      z.strictObject({
        full_name: z.string(),
        official: z.boolean(),
        description: z.string(),
        stars: z.int().min(0),
      }),
    ),
    next: z.string().nullable().describe('`cursor` of the next page; null on the last one'),
  })
  .meta({ id: 'SearchSuggestions' });
/** Suggestions as the API returns them. */
export type SuggestionsDto = z.infer<typeof suggestionsSchema>;

/** Converts hits to a page of suggestions in the format of the API. */
export function toSuggestions(page: {
  readonly items: readonly SearchHit[];
  readonly nextStart?: number;
}): SuggestionsDto {
  return {
    next: page.nextStart === undefined ? null : writeCursor(suggestionList, String(page.nextStart)),
    items: page.items.map(toHit).map(({ full_name, official, description, stars }) => ({
      full_name,
      official,
      description,
      stars,
    })),
  };
}

function toHit(hit: SearchHit): SearchPageDto['items'][number] {
  const { namespace, name, description, official, automated, kinds, stars, pulls } = hit;
  return {
    namespace,
    name,
    full_name: official ? name : `${namespace}/${name}`,
    description,
    visibility: hit.private ? 'private' : 'public',
    official,
    automated,
    kinds: [...kinds],
    stars,
    pulls,
    updated_at: hit.updatedAt.toISOString(),
    pushed_at: hit.pushedAt?.toISOString() ?? null,
  };
}
