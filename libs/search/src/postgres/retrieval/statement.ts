import type { CandidateRequest } from '../../engine/search-engine';

/** What the values of a statement are taken from. */
export interface StatementInput {
  readonly wanted: CandidateRequest;
  /** Those of the query, the rarest first. */
  readonly words: readonly string[];
  /** False where the server would compare each row of a list with a whole array, instead of looking up its values. */
  readonly looksUpArrays: boolean;
}

/** How a value is taken from a search: from what it is given and from nothing else, because others are given it too. */
export type ParamSource = (asked: StatementInput) => unknown;

/** Gives a value its rank key in the statement that is being written. */
export type Bind = (source: ParamSource) => string;

/** A statement and its bound values. */
export interface Statement {
  readonly sql: string;
  readonly values: readonly unknown[];
  /** True when it is one of few texts that come often, so that connections should keep its plan. */
  readonly isCommon: boolean;
}

/** A statement as it is for all searches of one shape: its text, and where its values come from. */
export class StatementTemplate {
  private constructor(
    readonly sql: string,
    private readonly sources: readonly ParamSource[],
    private readonly isCommon: boolean,
  ) {}

  static build(text: (bind: Bind) => string, isCommon: boolean): StatementTemplate {
    // In the order of their numbers; what is bound again keeps its first one.
    const sources: ParamSource[] = [];
    const numberOf = (source: ParamSource): number => sources.indexOf(source) + 1 || sources.push(source);
    return new StatementTemplate(
      text((source) => `$${numberOf(source)}`),
      sources,
      isCommon,
    );
  }

  bind(asked: StatementInput): Statement {
    return { sql: this.sql, values: this.sources.map((source) => source(asked)), isCommon: this.isCommon };
  }
}

/** Whole numbers of 64 bits as an array of PostgreSQL's, which costs less than to have each quoted. */
export function bigints(numbers: readonly string[]): string {
  return `{${numbers.join(',')}}`;
}
