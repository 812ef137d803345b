import { LRUCache } from 'lru-cache';
import type { Query } from '@central-index/platform/database';
import { selectCandidates, selectFilterCounts } from './candidates.queries';
import type { FilterCountsRow } from './filter-counts';
import { StatementParams, StatementTemplate, type Statement, type StatementInput } from './statement';
import { shapeKey } from './statement-shape';

// Writing a statement takes an eighth of a server's time for a search, and most searches have one of a few shapes.
const maxTemplates = 1_000;
const templates = new LRUCache<string, StatementTemplate>({ max: maxTemplates });

/** The statement of one search. Searches of one common shape share a template, and with it the prepared query. */
export function candidatesStatement(input: StatementInput): Statement {
  const key = shapeKey(input);
  if (key === undefined) return buildTemplate(input).bind(input);
  let template = templates.get(key);
  if (template === undefined) templates.set(key, (template = buildTemplate(input)));
  return template.bind(input);
}

/** Writes the statement for all searches of the same shape. */
export function buildTemplate(input: StatementInput): StatementTemplate {
  const params = new StatementParams();
  return new StatementTemplate(selectCandidates(input, params.bind), params.sources);
}

/** The statement that counts what one search finds by what it can be filtered by. */
export function filterCountsStatement(input: StatementInput): {
  readonly query: Query<FilterCountsRow>;
  readonly values: readonly unknown[];
} {
  const params = new StatementParams();
  const query = selectFilterCounts(input, params.bind);
  return { query, values: params.sources.map((source) => source(input)) };
}
