/** One number that a scenario measured, and its bound; one without a bound only informs. */
export interface Measurement {
  readonly label: string;
  readonly value: number;
  /** The only value that passes. */
  readonly expected?: number;
  /** The largest value that passes. */
  readonly max?: number;
}

/** How a scenario runs: in full, or with `short` in a smaller form that checks the same properties. */
export interface ScenarioOptions {
  readonly short: boolean;
}

/**
 * A rehearsed failure of a part of the product. It removes what it created, and throws only when it could not run; a
 * failed expectation is a measurement out of bounds.
 */
export type Scenario = (options: ScenarioOptions) => Promise<readonly Measurement[]>;

/** Returns the measurements that are out of bounds. */
export function failedMeasurements(measurements: readonly Measurement[]): Measurement[] {
  return measurements.filter(
    ({ value, expected, max }) =>
      (expected !== undefined && value !== expected) || (max !== undefined && value > max),
  );
}

/** Formats a measurement as one line of the report. */
export function formatMeasurement({ label, value, expected, max }: Measurement): string {
  const number = Number.isInteger(value) ? `${value}` : value.toFixed(1);
  const bound =
    expected !== undefined ? ` (expected: ${expected})` : max !== undefined ? ` (at most ${max})` : '';
  return `${number.padStart(9)}  ${label}${bound}`;
}
