import type { Query } from '@central-index/platform/database';
import type { CandidateRequest } from '../../engine/search-engine';
import type { CandidatesRow } from './result';

/** What the text and the values of a statement depend on. */
export interface StatementInput {
  readonly request: CandidateRequest;
  /** The words of the query, the rarest first. */
  readonly words: readonly string[];
  /** False where the server would compare each row of a list with a whole array instead of probing for its values. */
  readonly probesArrays: boolean;
}

/** Returns a value for a statement. It depends on its argument only, because other searches share the statement. */
export type ParamSource = (input: StatementInput) => unknown;

/** Adds a value to the statement that is being written and returns its placeholder, such as `$1`. */
export type Bind = (source: ParamSource) => string;

/** A query and the values of one search. */
export interface Statement {
  readonly query: Query<CandidatesRow>;
  readonly values: readonly unknown[];
}

/** Numbers the parameters of one statement. A source that is bound again keeps its first number. */
export class StatementParams {
  readonly sources: ParamSource[] = [];

  readonly bind: Bind = (source) => `$${this.sources.indexOf(source) + 1 || this.sources.push(source)}`;
}

/** The query for all searches of one shape, and where its values come from. */
export class StatementTemplate {
  constructor(
    private readonly query: Query<CandidatesRow>,
    private readonly sources: readonly ParamSource[],
  ) {}

  /** The statement of one search. */
  bind(input: StatementInput): Statement {
    return { query: this.query, values: this.sources.map((source) => source(input)) };
  }
}

/** Integers of 64 bits as a PostgreSQL array literal, which costs less than quoting each of them. */
export function bigints(numbers: readonly string[]): string {
  return `{${numbers.join(',')}}`;
}
