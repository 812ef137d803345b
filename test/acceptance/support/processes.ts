import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, readdirSync } from 'node:fs';
import { until } from './until';

/** What a program said, and how it ended. */
export interface Outcome {
  command: string;
  code: number;
  stdout: string;
  stderr: string;
}

/** How to run a program: its environment, where, what it reads, and how long it may take (60 s). */
export interface RunOptions {
  env: Record<string, string>;
  cwd?: string;
  input?: string;
  milliseconds?: number;
}

/** Runs a program to its end. Whatever it ends with is an answer; a program that hangs is killed. */
export async function run(program: string, args: string[], options: RunOptions): Promise<Outcome> {
  const child = spawn(program, args, { env: options.env, cwd: options.cwd, stdio: 'pipe' });
  const output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => (output[stream] += text));
  }
  // A program that ends before it has read its input is no error of ours: its outcome tells.
  child.stdin.on('error', () => undefined).end(options.input ?? '');
  const limit = setTimeout(() => child.kill('SIGKILL'), options.milliseconds ?? 60_000);
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  clearTimeout(limit);
  if (signal !== null) output.stderr += `\n(ended by ${signal})`;
  return { command: [program, ...args].join(' '), code: code ?? 128, ...output };
}

/** The outcome of a command that was expected to succeed; otherwise an error with all it said. */
export function succeeded(outcome: Outcome): Outcome {
  if (outcome.code !== 0) throw new Error(`expected to succeed: ${told(outcome)}`);
  return outcome;
}

/** All that a refused command printed; an error if it was not refused. */
export function refused(outcome: Outcome): string {
  if (outcome.code === 0) throw new Error(`expected to be refused: ${told(outcome)}`);
  return outcome.stdout + outcome.stderr;
}

function told(outcome: Outcome): string {
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

  /** All it has written so far. */
  log(): string {
    return readFileSync(this.options.log, 'utf8');
  }

  /** Waits until `check` gives true; fails with the log when the program ends first or in `milliseconds`. */
  async ready(check: () => Promise<boolean>, milliseconds = 30_000): Promise<void> {
    try {
      await until(milliseconds, async () => !this.running || (await check()));
    } catch (error) {
      throw new Error(`${this.name} was not ready in time:\n${this.log()}`, { cause: error });
    }
    if (!this.running) throw new Error(`${this.name} ended at once:\n${this.log()}`);
  }

  /** Kills it with no chance to say good-bye. */
  async kill(): Promise<void> {
    if (!this.running) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }

  /** Asks it to end, and kills it when it does not within `milliseconds`; answers whether it ended by itself. */
  async stop(milliseconds = 20_000): Promise<boolean> {
    if (!this.running) return true;
    const ended = once(this.child, 'exit');
    let patient = true;
    const limit = setTimeout(() => {
      patient = false;
      this.child.kill('SIGKILL');
    }, milliseconds);
    this.child.kill('SIGTERM');
    await ended;
    clearTimeout(limit);
    return patient;
  }
}

/**
 * Kills, with no chance to say good-bye, every program whose command line or environment names
 * `folder`: also grandchildren, and those that left the session of the one that started them.
 */
export function killProcessesIn(folder: string): void {
  // Twice and more: one may have started another while the list was made.
  for (let found = processesIn(folder); found.length > 0; found = processesIn(folder)) {
    for (const pid of found) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It ended in between.
      }
    }
  }
}

/** The ids of the processes, other than this one, whose command line or environment names `folder`. */
export function processesIn(folder: string): number[] {
  // Copied, because Node makes its arrays outside Jest's realm.
  return [...readdirSync('/proc')]
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((name) => ['cmdline', 'environ'].some((file) => read(`/proc/${name}/${file}`).includes(folder)))
    .map(Number);
}

/** The command line of a process; empty when it is no more. */
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
