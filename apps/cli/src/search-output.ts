import type { SearchDifference, SearchExplanation, SearchHit, SearchPage } from '@central-index/search';

/** A page of hits, and its explanation if there is one, in the format of the REST API. */
export function resultJson(page: SearchPage, explanation?: SearchExplanation): object {
  return {
    items: page.items.map((hit) => ({
      namespace: hit.namespace,
      name: hit.name,
      full_name: fullName(hit),
      description: hit.description,
      visibility: hit.private ? 'private' : 'public',
      official: hit.official,
      automated: hit.automated,
      kinds: hit.kinds,
      stars: hit.stars,
      pulls: hit.pulls,
      updated_at: hit.updatedAt.toISOString(),
      pushed_at: hit.pushedAt?.toISOString() ?? null,
    })),
    total: page.total,
    total_is_exact: page.totalIsExact,
    page: page.page,
    per_page: page.perPage,
    did_you_mean: page.didYouMean,
    explanation: explanation && explanationJson(explanation),
  };
}

function explanationJson({ query, candidates, suggestions, ratings }: SearchExplanation): object {
  return {
    text: query.text,
    namespace: query.namespace ?? null,
    name: query.name ?? null,
    words: query.words,
    candidates,
    similar: suggestions.map(({ name, edits }) => ({ name, edits })),
    hits: ratings.map(({ position, document, textClass, pin, correctedTo, text, official, score }) => ({
      position,
      full_name: fullName(document),
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

/** A page of hits as text, one per line. */
export function hitLines({ items, total, didYouMean }: SearchPage): string[] {
  return [
    ...items.map((hit) => `${fullName(hit)}  ${hit.stars} stars  ${hit.description}`.trimEnd()),
    `${total} found${didYouMean === undefined ? '' : `; did you mean ${didYouMean}?`}`,
  ];
}

/** The explanation of a page of hits as text. */
export function explanationLines(page: SearchPage, explanation: SearchExplanation): string[] {
  const { query, candidates, suggestions, ratings } = explanation;
  return [
    `parsed query: ${JSON.stringify(query)}`,
    `candidates: ${candidates}; found: ${page.total}`,
    ...(suggestions.length === 0
      ? []
      : [`similar names: ${suggestions.map(({ name, edits }) => `${name} (${edits})`).join(', ')}`]),
    'position  score = text + popularity + official  class  name',
    ...ratings.map(
      ({ position, score, text, official, textClass, pin, correctedTo, document }) =>
        `${position}  ${score} = ${text} + ${document.popularity} + ${official}  ${textClass}` +
        `${pin === undefined ? '' : ', pinned'}${correctedTo === undefined ? '' : `, corrected to ${correctedTo}`}` +
        `  ${fullName(document)}`,
    ),
  ];
}

/** Whether a check found any difference. */
export function differs({ documents, lists, replica }: SearchDifference): boolean {
  return (
    lists.missing + lists.orphaned + lists.misspelt > 0 ||
    [documents, ...(replica ? [replica] : [])].some(
      ({ missing, stale, orphaned }) => missing.length + stale.length + orphaned.length > 0,
    )
  );
}

/** The result of a check as JSON: paths of documents, and counts of postings and of names without spellings. */
export function checkJson(difference: SearchDifference, repaired: boolean): object {
  const { documents, lists, replica, pending } = difference;
  return {
    documents,
    postings: { missing: lists.missing, orphaned: lists.orphaned },
    missing_spellings: lists.misspelt,
    replica: replica ?? null,
    pending,
    repaired,
  };
}

/** The result of a check as text. */
export function checkLines(difference: SearchDifference, repaired: boolean): string[] {
  const { documents, lists, replica, pending } = difference;
  const counts = ({ missing, stale, orphaned }: SearchDifference['documents']): string =>
    `${missing.length} missing, ${stale.length} stale, ${orphaned.length} orphaned`;
  return [
    `search documents against repositories: ${counts(documents)}`,
    `postings against search documents: ${lists.missing} missing, ${lists.orphaned} orphaned; ` +
      `${lists.misspelt} popular names without spellings`,
    ...(replica
      ? [`Meilisearch against search documents: ${counts(replica)}, ${pending} not confirmed yet`]
      : []),
    ...(repaired ? ['repaired'] : []),
  ];
}

function fullName({ official, namespace, name }: Pick<SearchHit, 'official' | 'namespace' | 'name'>): string {
  return official ? name : `${namespace}/${name}`;
}
