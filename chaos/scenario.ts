/** One number that a drill found, and what it must be. */
export interface Figure {
  readonly what: string;
  readonly found: number;
  /** Exactly so much. */
  readonly asked?: number;
  /** No more than so much. */
  readonly atMost?: number;
}

/** How a drill is run: the whole of it, or a short form that says the same of less. */
export interface DrillOptions {
  readonly short: boolean;
}

/** A disaster that is rehearsed. It cleans up after itself, and throws only when it could not be held. */
export type Drill = (options: DrillOptions) => Promise<readonly Figure[]>;

/** The figures that are not what was asked. */
export function missed(figures: readonly Figure[]): Figure[] {
  return figures.filter(
    ({ found, asked, atMost }) =>
      (asked !== undefined && found !== asked) || (atMost !== undefined && found > atMost),
  );
}

/** A figure as a line for people. */
export function describeFigure({ what, found, asked, atMost }: Figure): string {
  const number = Number.isInteger(found) ? `${found}` : found.toFixed(1);
  const bound =
    asked !== undefined ? ` (asked: ${asked})` : atMost !== undefined ? ` (at most ${atMost})` : '';
  return `${number.padStart(9)}  ${what}${bound}`;
}
