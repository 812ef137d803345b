import { preparedSql, sql, withSamples } from '@central-index/platform/database';
import { candidatesSql } from './candidates-sql';
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
