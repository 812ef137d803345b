import type { CandidatesWanted } from '../../engine/search-engine';

/** What the values of a statement are taken from. */
export interface Asked {
  readonly wanted: CandidatesWanted;
  /** Those of the query, the rarest first. */
  readonly words: readonly string[];
  /** False where the server would compare each row of a list with a whole array, instead of looking up its values. */
  readonly looksUpArrays: boolean;
}

/** How a value is taken from a search: from what it is given and from nothing else, because others are given it too. */
export type Source = (asked: Asked) => unknown;

/** Gives a value its place in the statement that is being written. */
export type Bind = (source: Source) => string;

/** A statement and its bound values. */
export interface Statement {
  readonly sql: string;
  readonly values: readonly unknown[];
  /** True when it is one of few texts that come often, so that connections should keep its plan. */
  readonly isCommon: boolean;
}

/** A statement as it is for all searches of one shape: its text, and where its values come from. */
export class Shape {
  private constructor(
    readonly sql: string,
    private readonly sources: readonly Source[],
    private readonly isCommon: boolean,
  ) {}

  static written(text: (bind: Bind) => string, isCommon: boolean): Shape {
    // In the order of their numbers; what is bound again keeps its first one.
    const sources: Source[] = [];
    const numberOf = (source: Source): number => sources.indexOf(source) + 1 || sources.push(source);
    return new Shape(
      text((source) => `$${numberOf(source)}`),
      sources,
      isCommon,
    );
  }

  of(asked: Asked): Statement {
    return { sql: this.sql, values: this.sources.map((source) => source(asked)), isCommon: this.isCommon };
  }
}

/** Whole numbers of 64 bits as an array of PostgreSQL's, which costs less than to have each quoted. */
export function bigints(numbers: readonly string[]): string {
  return `{${numbers.join(',')}}`;
}
