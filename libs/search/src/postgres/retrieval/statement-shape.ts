import type { StatementInput } from './statement';
import { isListedPrefix } from '../storage/terms';
import type { CandidateRequest } from '../../engine/search-engine';
import { editsAllowed, lettersOf } from '../../query/spelling';

// Searches of more words are few, and their statements have many shapes.
const maxCommonWords = 4;

/**
 * Everything that the text of a statement depends on, for searches that run often. Undefined for others: connections
 * keep the plans of prepared statements, so there must be few texts.
 */
export function shapeKey({ request, words, probesArrays }: StatementInput): string | undefined {
  const { query, filters, order, viewer, limit, skipCount } = request;
  const isFiltered = Object.values(filters).some((value) => value !== undefined);
  if (order !== 'relevance' || isFiltered || words.length > maxCommonWords) return undefined;
  const { namespace, name, paths } = query;
  return [
    limit,
    skipCount === true,
    isCorrectable(request),
    namespace !== undefined,
    name !== undefined && (isListedPrefix(name) ? 'listed' : 'long'),
    paths.length,
    words.length,
    query.alternates.length > 0,
    query.text === '',
    probesArrays,
    viewer.namespaces.length > 0 && (viewer.patterns === undefined ? 'own' : 'some'),
  ].join(' ');
}

/** True when similar names are requested and the text is long enough to be corrected. */
export function isCorrectable({ query, suggestBelow }: CandidateRequest): boolean {
  return suggestBelow !== undefined && editsAllowed(lettersOf(query.text)) > 0;
}
