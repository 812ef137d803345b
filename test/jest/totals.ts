import type { AggregatedResult } from '@jest/reporters';

/** The last line of a run. A file that cannot be loaded is one failure. */
export function totals(results: AggregatedResult): string {
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
  const skipped = results.numPendingTests + results.numTodoTests;
  return `${results.numPassedTests} passed, ${failed} failed, ${skipped} skipped`;
}
