import { readFileSync } from 'node:fs';

/** The q-th quantile (0 to 1) of some measurements. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
}

/** Prints one line of a bench: what was measured, and the figure. */
export function print(what: string, figure: string): void {
  process.stdout.write(`${what.padEnd(56)} ${figure}\n`);
}

/** Milliseconds that something took. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** Runs `work` for numbers 0 to `count` - 1, `clients` at a time, and gives how many were done a second. */
export async function rate(
  count: number,
  clients: number,
  work: (n: number) => Promise<unknown>,
): Promise<number> {
  let next = 0;
  const took = await timed(() =>
    Promise.all(
      Array.from({ length: clients }, async () => {
        for (let n = next++; n < count; n = next++) await work(n);
      }),
    ),
  );
  return (count / took) * 1000;
}

/** Microseconds of processor time that processes have used, of kernel and program. */
export function processorTime(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const fields = statOf(pid)
      .replace(/^.*\) /s, '')
      .split(' ');
    // In hundredths of a second (fields 14 and 15 of proc(5)).
    return sum + (Number(fields[11]) + Number(fields[12])) * 10_000;
  }, 0);
}

/** The same of the children that a process has seen the end of. */
export function processorTimeOfEnded(parent: number): number {
  const fields = statOf(parent)
    .replace(/^.*\) /s, '')
    .split(' ');
  // Fields 16 and 17.
  return (Number(fields[13]) + Number(fields[14])) * 10_000;
}

// A process that ended meanwhile counts for nothing.
function statOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return ') '.padEnd(40, '0 ');
  }
}

/** Runs a bench and ends its process, with 1 and the stack when it failed. */
export function runBench(main: () => Promise<void>): void {
  void main().then(
    () => process.exit(0),
    (error: unknown) => {
      process.stderr.write(`${String((error as Error).stack)}\n`);
      process.exit(1);
    },
  );
}
