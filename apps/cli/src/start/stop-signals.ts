/** Why a supervisor was asked to stop. */
export interface StopSignals {
  /** Resolves at the first SIGINT, SIGTERM or SIGHUP (the terminal was closed). */
  readonly first: Promise<NodeJS.Signals>;
  /** Calls back at the next one. */
  onSecond(force: () => void): void;
  /** Gives the signals back to their default. */
  release(): void;
}

// Ctrl-C reaches us from the terminal and once more through npm: within this time it is one key stroke.
const sameKeyStroke = 1_000;

const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Takes over the signals that ask a program to stop. */
export function catchStopSignals(): StopSignals {
  let firstAt: number | undefined;
  let force: (() => void) | undefined;
  let resolveFirst: (name: NodeJS.Signals) => void;
  const first = new Promise<NodeJS.Signals>((resolve) => (resolveFirst = resolve));
  const caught = (name: NodeJS.Signals): void => {
    if (firstAt === undefined) {
      firstAt = Date.now();
      resolveFirst(name);
    } else if (Date.now() - firstAt > sameKeyStroke) {
      force?.();
    }
  };
  for (const name of stopSignals) process.on(name, caught);
  return {
    first,
    onSecond: (callback) => (force = callback),
    release: () => {
      for (const name of stopSignals) process.off(name, caught);
    },
  };
}
