import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, readdirSync } from 'node:fs';
import { until } from './until';

/** The exit code and output of a program. */
export interface Outcome {
  command: string;
  code: number;
  stdout: string;
  stderr: string;
}

/** How to run a program: environment, working directory, standard input, and timeout in milliseconds (60 s by default). */
export interface RunOptions {
  env: Record<string, string>;
  cwd?: string;
  input?: string;
  milliseconds?: number;
}

/** Runs a program until it exits with any code. Kills it after the timeout. */
export async function run(program: string, args: string[], options: RunOptions): Promise<Outcome> {
  const child = spawn(program, args, { env: options.env, cwd: options.cwd, stdio: 'pipe' });
  const output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => (output[stream] += text));
  }
  // A program may exit before it has read its input. Its outcome shows whether that is an error.
  child.stdin.on('error', () => undefined).end(options.input ?? '');
  const limit = setTimeout(() => child.kill('SIGKILL'), options.milliseconds ?? 60_000);
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  clearTimeout(limit);
  if (signal !== null) output.stderr += `\n(ended by ${signal})`;
  return { command: [program, ...args].join(' '), code: code ?? 128, ...output };
}

/** Returns the outcome of a command that succeeded; throws an error with all output of a failed one. */
export function succeeded(outcome: Outcome): Outcome {
  if (outcome.code !== 0) throw new Error(`expected to succeed: ${describeOutcome(outcome)}`);
  return outcome;
}

/** Returns all output of a command that failed; throws if it succeeded. */
export function refused(outcome: Outcome): string {
  if (outcome.code === 0) throw new Error(`expected to fail: ${describeOutcome(outcome)}`);
  return outcome.stdout + outcome.stderr;
}

function describeOutcome(outcome: Outcome): string {
  return `${outcome.command}\nexit code ${outcome.code}\n${outcome.stdout}\n${outcome.stderr}`;
}

/** A program that runs until it is stopped, writing to a log file. */
export class BackgroundProcess {
  private readonly child: ChildProcess;

  constructor(
    private readonly name: string,
    program: string,
    args: string[],
    private readonly options: { env: Record<string, string>; log: string; cwd?: string },
  ) {
    const log = openSync(options.log, 'a');
    const { env, cwd } = options;
    this.child = spawn(program, args, { env, cwd, stdio: ['ignore', log, log], detached: true });
    closeSync(log);
    this.child.on('error', () => undefined);
  }

  get running(): boolean {
    return this.child.pid !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Its output so far. */
  log(): string {
    return readFileSync(this.options.log, 'utf8');
  }

  /** Waits until `check` returns true; throws with the log if the program ends first or the time is up. */
  async ready(check: () => Promise<boolean>, milliseconds = 30_000): Promise<void> {
    try {
      await until(milliseconds, async () => !this.running || (await check()));
    } catch (error) {
      throw new Error(`${this.name} was not ready within ${milliseconds} ms:\n${this.log()}`, {
        cause: error,
      });
    }
    if (!this.running) throw new Error(`${this.name} ended before it was ready:\n${this.log()}`);
  }

  /** Kills it with SIGKILL and waits until it has ended. */
  async kill(): Promise<void> {
    if (!this.running) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }

  /** Sends SIGTERM, and SIGKILL after `milliseconds`. Returns true if it ended on SIGTERM. */
  async stop(milliseconds = 20_000): Promise<boolean> {
    if (!this.running) return true;
    const ended = once(this.child, 'exit');
    let endedInTime = true;
    const limit = setTimeout(() => {
      endedInTime = false;
      this.child.kill('SIGKILL');
    }, milliseconds);
    this.child.kill('SIGTERM');
    await ended;
    clearTimeout(limit);
    return endedInTime;
  }
}

/**
 * Kills every process whose command line or environment contains `folder`, including grandchildren and processes that
 * have left the session of their parent.
 */
export function killProcessesIn(folder: string): void {
  // Repeated, because a process may have started another while the list was read.
  for (let pids = processesIn(folder); pids.length > 0; pids = processesIn(folder)) {
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended in the meantime.
      }
    }
  }
}

/** The ids of other processes whose command line or environment contains `folder`. */
export function processesIn(folder: string): number[] {
  // Copied, because Node creates its arrays outside Jest's realm.
  return [...readdirSync('/proc')]
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((name) => ['cmdline', 'environ'].some((file) => read(`/proc/${name}/${file}`).includes(folder)))
    .map(Number);
}

/** The command line of a process; empty if it has ended. */
export function commandOf(pid: number): string {
  return read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ');
}

function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}
