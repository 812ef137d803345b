import { readFileSync } from 'node:fs';

/** Returns the quantile `q` (0 to 1) of `values`, or NaN if there are none. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
}

/** Returns the probability that one of `some` took longer than one of `others`: 0.5 if the time reveals nothing. */
export function areaUnderCurve(some: readonly number[], others: readonly number[]): number {
  const wins = some.reduce(
    (sum, a) => sum + others.reduce((won, b) => won + (a > b ? 1 : a === b ? 0.5 : 0), 0),
    0,
  );
  return wins / (some.length * others.length);
}

/** Prints one line of a benchmark. `value` includes its unit. */
export function print(label: string, value: string): void {
  process.stdout.write(`${label.padEnd(56)} ${value}\n`);
}

/** Returns the milliseconds that `work` took. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** Runs `work` for the numbers 0 to `count` - 1, `clients` at a time, and returns how many were done per second. */
export async function rate(
  count: number,
  clients: number,
  work: (n: number) => Promise<unknown>,
): Promise<number> {
  let next = 0;
  const milliseconds = await timed(() =>
    Promise.all(
      Array.from({ length: clients }, async () => {
        for (let n = next++; n < count; n = next++) await work(n);
      }),
    ),
  );
  return (count / milliseconds) * 1000;
}

/** Returns the processor time (user and system) that processes have used, in microseconds. Linux only. */
export function processorTime(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const fields = statOf(pid)
      .replace(/^.*\) /s, '')
      .split(' ');
    // utime and stime, fields 14 and 15 of proc(5), in hundredths of a second.
    return sum + (Number(fields[11]) + Number(fields[12])) * 10_000;
  }, 0);
}

/** Returns the processor time of the ended children that a process has waited for, in microseconds. Linux only. */
export function processorTimeOfEnded(parent: number): number {
  const fields = statOf(parent)
    .replace(/^.*\) /s, '')
    .split(' ');
  // cutime and cstime, fields 16 and 17.
  return (Number(fields[13]) + Number(fields[14])) * 10_000;
}

// For a process that has ended, returns a line with zeros.
function statOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return ') '.padEnd(40, '0 ');
  }
}

/** Runs a benchmark and exits: with 0, or with 1 and the stack on stderr if it failed. */
export function runBench(main: () => Promise<void>): void {
  void main().then(
    () => process.exit(0),
    (error: unknown) => {
      process.stderr.write(`${String((error as Error).stack)}\n`);
      process.exit(1);
    },
  );
}
