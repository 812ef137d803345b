type Step = () => void;

const { atFileEnd: inJest } = globalThis as { atFileEnd?: (step: Step) => void };

/**
 * Runs `step` when the test file is over, or the process ends before that. For what must outlive neither, such as
 * programs of their own. Drills, which run without Jest, end with their process.
 */
export function atFileEnd(step: Step): void {
  if (inJest === undefined) process.once('exit', step);
  else inJest(step);
}

if (inJest === undefined) {
  // Node ends without the exit event on these two, unless somebody listens.
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
}
