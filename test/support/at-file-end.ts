type Cleanup = () => void;

const { atFileEnd: jestAtFileEnd } = globalThis as { atFileEnd?: (cleanup: Cleanup) => void };

/**
 * Runs `cleanup` when the test file ends, or when the process ends before that. For resources that must outlive
 * neither, such as child processes. Without Jest, as in chaos tests, it runs when the process ends.
 */
export function atFileEnd(cleanup: Cleanup): void {
  if (jestAtFileEnd === undefined) process.once('exit', cleanup);
  else jestAtFileEnd(cleanup);
}

if (jestAtFileEnd === undefined) {
  // Without a listener, Node ends on these signals and emits no exit event.
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
}
