/** The stop signals of a supervisor. */
export interface StopSignals {
  /** Resolves with the first SIGINT, SIGTERM or SIGHUP (the terminal was closed). */
  readonly first: Promise<NodeJS.Signals>;
  /** Calls back at later ones. */
  onSecond(force: () => void): void;
  /** Removes the handlers. */
  release(): void;
}

// One Ctrl-C arrives twice, from the terminal and through npm. Within this time, two signals count as one.
const sameKeystrokeMs = 1_000;

const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Handles the signals that stop a program. */
export function catchStopSignals(): StopSignals {
  let firstAt: number | undefined;
  let force: (() => void) | undefined;
  let resolveFirst: (name: NodeJS.Signals) => void;
  const first = new Promise<NodeJS.Signals>((resolve) => (resolveFirst = resolve));
  const onSignal = (name: NodeJS.Signals): void => {
    if (firstAt === undefined) {
      firstAt = Date.now();
      resolveFirst(name);
    } else if (Date.now() - firstAt > sameKeystrokeMs) {
      force?.();
    }
  };
  for (const name of stopSignals) process.on(name, onSignal);
  return {
    first,
    onSecond: (callback) => (force = callback),
    release: () => {
      for (const name of stopSignals) process.off(name, onSignal);
    },
  };
}
