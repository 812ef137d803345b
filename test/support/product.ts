import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Actor } from './client';
import { freePort } from './free-port';

const program = join(__dirname, '..', '..', 'apps', 'cli', 'src', 'main.js');

/** The exit code of a command, null after a signal, and its output. */
export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A data folder and a port for a product that one spec owns, and the commands that run on them. */
export class ProductFixture {
  private readonly running = new Set<RunningProduct>();

  private constructor(
    readonly dataDir: string,
    readonly port: number,
  ) {}

  /** Creates the data folder and chooses the port. Starts nothing. */
  static async create(): Promise<ProductFixture> {
    const parent = mkdtempSync(join(tmpdir(), 'product-'));
    // When root runs the tests, PostgreSQL runs as another user, which must be able to enter the folder.
    chmodSync(parent, 0o711);
    return new ProductFixture(join(parent, 'data'), await freePort());
  }

  /** Runs a command until it exits. */
  async run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CommandResult> {
    const product = this.start(args, env);
    return product.result;
  }

  /** Starts a command, `start` by default. */
  start(args: readonly string[] = ['start'], env: Readonly<Record<string, string>> = {}): RunningProduct {
    const child = spawn(process.execPath, [program, ...args], {
      env: {
        ...cleanEnvironment(),
        DATA_DIR: this.dataDir,
        PORT: String(this.port),
        SERVER_PROCESSES: '2',
        DRAIN_SECONDS: '0',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const product = new RunningProduct(child, `http://localhost:${this.port}`);
    this.running.add(product);
    void product.result.finally(() => this.running.delete(product));
    return product;
  }

  /** Processes whose command line, working directory or environment contains the path of the data folder. */
  processes(): { pid: number; command: string }[] {
    // Copied, because Node creates its arrays outside Jest's realm.
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

  /** Kills the remaining processes and deletes the data. */
  async remove(): Promise<void> {
    for (const { pid } of this.processes()) process.kill(pid, 'SIGKILL');
    await Promise.all([...this.running].map(({ result: ending }) => ending));
    rmSync(join(this.dataDir, '..'), { recursive: true, force: true, maxRetries: 10 });
  }
}

/** A command in progress. */
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

  /** Waits for the startup banner. Returns it and the milliseconds since the call; throws if the process ends first. */
  async ready(): Promise<{ banner: string; milliseconds: number }> {
    const start = performance.now();
    for (;;) {
      const banner = /Central Index listens on [^]*Stop it with Ctrl-C\./.exec(this.stdout)?.[0];
      if (banner !== undefined) return { banner, milliseconds: performance.now() - start };
      const ended = await Promise.race([this.result, once(this.child.stdout!, 'data')]);
      if (!Array.isArray(ended)) throw new Error(`ended before it was ready: ${ended.stderr}${ended.stdout}`);
    }
  }

  /** Log lines about unhandled errors and ended processes, and the whole of stderr. */
  unexpectedErrors(): string[] {
    const lines = this.stdout.split('\n').filter((line) => /unhandled|(server|worker) \d+ exited/.test(line));
    return this.stderr === '' ? lines : [...lines, this.stderr];
  }

  /** True when its standard output matches. */
  hasPrinted(pattern: RegExp): boolean {
    return pattern.test(this.stdout);
  }

  /** Sends a signal to the process, not to its children. */
  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** Kills the process, not its children, which may survive and keep its output open. */
  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    this.signal('SIGKILL');
    await exited;
  }

  /** Stops it with SIGTERM and waits until it has ended. */
  stop(): Promise<CommandResult> {
    this.signal('SIGTERM');
    return this.result;
  }
}

// Variables of the test run, such as TEST_DATABASE_URL, must not reach the product.
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
