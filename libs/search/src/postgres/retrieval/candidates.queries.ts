import { preparedSql, sql, withSamples } from '@central-index/platform/database';
import { candidatesSql, filterCountsStatementSql } from './candidates-sql';
import type { FilterCountsRow } from './filter-counts';
import type { CandidatesRow } from './result';
import { StatementParams, type Bind, type StatementInput } from './statement';
import { statementSamples } from './statement-samples';
import { shapeKey } from './statement-shape';

/** Returns one row. Prepared only if the search has a common shape: connections keep a plan for each text. */
export const selectCandidates = withSamples(
  (input: StatementInput, bind: Bind = new StatementParams().bind) =>
    shapeKey(input) === undefined
      ? sql<CandidatesRow>(candidatesSql(bind, input))
      : preparedSql<CandidatesRow>(candidatesSql(bind, input)),
  ...statementSamples,
);

/** Returns one row. Not prepared: it is run for a page of a person, not for each search of a program. */
export const selectFilterCounts = withSamples(
  (input: StatementInput, bind: Bind = new StatementParams().bind) =>
    sql<FilterCountsRow>(filterCountsStatementSql(bind, input)),
  ...statementSamples,
);
