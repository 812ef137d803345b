import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { environmentIn, freePort, packageFolder } from './environment';
import {
  BackgroundProcess,
  commandOf,
  killProcessesIn,
  processesIn,
  run,
  succeeded,
  type Outcome,
} from './processes';
import type { BlobRegistry } from './registry';

const executable = join(packageFolder, 'bin/central-index.js');

/** The whole product with its embedded database, started and administered as by an operator. */
export class Product {
  private main: BackgroundProcess | undefined;

  private constructor(
    private readonly folder: string,
    readonly port: number,
    private readonly settings: Record<string, string>,
  ) {}

  /** Starts an index with its data in `folder`, which may be empty, and with additional environment variables. */
  static async start(folder: string, settings: Record<string, string> = {}, port?: number): Promise<Product> {
    const product = new Product(folder, port ?? (await freePort()), settings);
    await product.start();
    return product;
  }

  /** An index with its data in `folder` that is not started. */
  static in(folder: string, port: number): Product {
    return new Product(folder, port, {});
  }

  /** The host for searches. crane accepts a realm on `localhost` and on no other loopback name. */
  get host(): string {
    return `localhost:${this.port}`;
  }

  get url(): string {
    return `http://${this.host}`;
  }

  /** Starts it on its existing data, and waits until it serves. */
  async start(): Promise<void> {
    this.main = new BackgroundProcess('central-index', process.execPath, [executable, 'start'], {
      env: this.environment(),
      // Any working directory must do.
      cwd: this.folder,
      log: join(this.folder, 'central-index.log'),
    });
    await this.main.ready(async () => (await fetch(`${this.url}/readyz`)).ok, 60_000);
  }

  /** Stops it with SIGTERM. Returns true if it ended in time, without SIGKILL. */
  async stop(): Promise<boolean> {
    return (await this.main?.stop()) ?? true;
  }

  /** Kills all its processes, including those of the database, like a power failure. */
  async kill(): Promise<void> {
    killProcessesIn(this.dataFolder);
    await this.main?.stop();
  }

  /** Runs an operator's command, with a timeout in milliseconds. */
  command(args: string[], input = '', milliseconds?: number): Promise<Outcome> {
    const env = this.environment();
    return run(process.execPath, [executable, ...args], { env, input, cwd: this.folder, milliseconds });
  }

  /** The ids of its running processes: all, including those of the database, or those of one role. */
  processes(role?: string): number[] {
    const all = processesIn(this.dataFolder);
    return role === undefined ? all : all.filter((pid) => commandOf(pid).includes(`/apps/${role}/`));
  }

  /** Its output since the first start. */
  log(): string {
    return this.main?.log() ?? '';
  }

  async createAdministrator(name: string, password: string): Promise<void> {
    const args = ['admin', 'create', name, '--email', `${name}@example.org`, '--password-stdin'];
    succeeded(await this.command(args, `${password}\n`));
  }

  /** Registers a registry as `name` and starts it with the configuration fragment that the command wrote. */
  async registerAndStart(registry: BlobRegistry, name: string, options: string[] = []): Promise<void> {
    const file = join(this.folder, `${name}.part.yml`);
    const required = ['--url', registry.url, '--kind', registry.kind, '--config', file];
    succeeded(await this.command(['registry', 'add', name, ...required, ...options]));
    await registry.start(readFileSync(file, 'utf8'));
  }

  get dataFolder(): string {
    return join(this.folder, 'data');
  }

  private environment(): Record<string, string> {
    return environmentIn(this.folder, {
      PORT: String(this.port),
      PUBLIC_URL: this.url,
      DATA_DIR: this.dataFolder,
      DRAIN_SECONDS: '0',
      ...this.settings,
    });
  }
}
