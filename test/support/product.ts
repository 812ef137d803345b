import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Actor } from './client';
import { freePort } from './free-port';

const program = join(__dirname, '..', '..', 'apps', 'cli', 'src', 'main.js');

/** How a command of the product ended. */
export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A place for a whole product of a spec's own: a data folder and a port, and commands that run on them. */
export class ProductFixture {
  private readonly running = new Set<RunningProduct>();

  private constructor(
    readonly dataDir: string,
    readonly port: number,
  ) {}

  static async create(): Promise<ProductFixture> {
    const parent = mkdtempSync(join(tmpdir(), 'product-'));
    // For root, the account that PostgreSQL runs as must be able to walk here.
    chmodSync(parent, 0o711);
    return new ProductFixture(join(parent, 'data'), await freePort());
  }

  /** Runs a command to its end. */
  async run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CommandResult> {
    const product = this.start(args, env);
    return product.result;
  }

  /** Begins a command; `start` unless told otherwise. */
  start(args: readonly string[] = ['start'], env: Readonly<Record<string, string>> = {}): RunningProduct {
    const child = spawn(process.execPath, [program, ...args], {
      env: {
        ...cleanEnvironment(),
        DATA_DIR: this.dataDir,
        PORT: String(this.port),
        SERVER_PROCESSES: '2',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const product = new RunningProduct(child, `http://localhost:${this.port}`);
    this.running.add(product);
    void product.result.finally(() => this.running.delete(product));
    return product;
  }

  /** Processes that have to do with the data folder: by command line, working directory or environment. */
  processes(): { pid: number; command: string }[] {
    // Copied, because Node makes its arrays outside Jest's realm.
    return [...readdirSync('/proc')]
      .map(Number)
      .filter((pid) => pid > 0 && pid !== process.pid)
      .flatMap((pid) => {
        const command = readProcess(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ');
        const environment = readProcess(() => readFileSync(`/proc/${pid}/environ`, 'utf8'));
        const folder = readProcess(() => readlinkSync(`/proc/${pid}/cwd`));
        // A process that has ended has no command line.
        const related =
          command !== '' && [command, environment, folder].some((text) => text.includes(this.dataDir));
        return related ? [{ pid, command }] : [];
      });
  }

  /** Ends whatever is left and removes the data. */
  async remove(): Promise<void> {
    for (const { pid } of this.processes()) process.kill(pid, 'SIGKILL');
    await Promise.all([...this.running].map(({ result: ending }) => ending));
    rmSync(join(this.dataDir, '..'), { recursive: true, force: true, maxRetries: 10 });
  }
}

/** A command that runs. */
export class RunningProduct {
  private stdout = '';
  private stderr = '';
  /** Resolves when the process has ended. */
  readonly result: Promise<CommandResult>;
  readonly anonymous: Actor;

  constructor(
    private readonly child: ChildProcess,
    url: string,
  ) {
    this.anonymous = new Actor(url);
    child.stdout?.on('data', (chunk: Buffer) => (this.stdout += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    this.result = once(child, 'close').then(([code]: (number | null)[]) => ({
      code: code ?? null,
      stdout: this.stdout,
      stderr: this.stderr,
    }));
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Waits for the greeting; answers it and the milliseconds since the call. */
  async ready(): Promise<{ greeting: string; milliseconds: number }> {
    const begun = performance.now();
    for (;;) {
      const greeting = /Central Index listens on [^]*Stop it with Ctrl-C\./.exec(this.stdout)?.[0];
      if (greeting !== undefined) return { greeting, milliseconds: performance.now() - begun };
      const ended = await Promise.race([this.result, once(this.child.stdout!, 'data')]);
      if (!Array.isArray(ended))
        throw new Error(`ended instead of getting ready: ${ended.stderr}${ended.stdout}`);
    }
  }

  /** What it said of requests that failed for a reason that nobody foresaw, and of processes that ended. */
  unexpectedErrors(): string[] {
    const lines = this.stdout
      .split('\n')
      .filter((line) => /unforeseen error|unhandled|(server|worker) \d+ ended/.test(line));
    return this.stderr === '' ? lines : [...lines, this.stderr];
  }

  /** True when its standard output has said so. */
  hasPrinted(what: RegExp): boolean {
    return what.test(this.stdout);
  }

  /** Sends a signal to the process alone. */
  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** Kills the process alone; its children may live on, and hold its output open. */
  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    this.signal('SIGKILL');
    await exited;
  }

  /** Stops it as an operator would. */
  stop(): Promise<CommandResult> {
    this.signal('SIGTERM');
    return this.result;
  }
}

// What the tests themselves were given must not reach the product.
function cleanEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, HOME: process.env.HOME, LOG_FORMAT: 'json' };
}

function readProcess(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
