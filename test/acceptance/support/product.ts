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

/** The whole product, started and commanded as an operator does, with its embedded database. */
export class Product {
  private main: BackgroundProcess | undefined;

  private constructor(
    private readonly folder: string,
    readonly port: number,
    private readonly settings: Record<string, string>,
  ) {}

  /** Starts the index that lives in `folder`, an empty one at first, with more settings where some are given. */
  static async start(folder: string, settings: Record<string, string> = {}, port?: number): Promise<Product> {
    const product = new Product(folder, port ?? (await freePort()), settings);
    await product.start();
    return product;
  }

  /** An index that is not started. */
  static in(folder: string, port: number): Product {
    return new Product(folder, port, {});
  }

  /** What people type to search: crane accepts a realm on `localhost`, and on no other loopback name. */
  get host(): string {
    return `localhost:${this.port}`;
  }

  get url(): string {
    return `http://${this.host}`;
  }

  /** Starts it again on the data it has, and waits until it serves. */
  async start(): Promise<void> {
    this.main = new BackgroundProcess('central-index', process.execPath, [executable, 'start'], {
      env: this.environment(),
      // Where it is started from must not matter.
      cwd: this.folder,
      log: join(this.folder, 'central-index.log'),
    });
    await this.main.ready(async () => (await fetch(`${this.url}/readyz`)).ok, 60_000);
  }

  /** Stops it as Ctrl-C does; answers whether it ended by itself. */
  async stop(): Promise<boolean> {
    return (await this.main?.stop()) ?? true;
  }

  /** Kills every one of its processes at once, the database's too, as a power cut would. */
  async kill(): Promise<void> {
    killProcessesIn(this.dataFolder);
    await this.main?.stop();
  }

  /** Runs an operator's command, which may take so long. */
  command(args: string[], input = '', milliseconds?: number): Promise<Outcome> {
    const env = this.environment();
    return run(process.execPath, [executable, ...args], { env, input, cwd: this.folder, milliseconds });
  }

  /** The ids of its running processes: all of them, the database's too, or those of one role. */
  processes(role?: string): number[] {
    const all = processesIn(this.dataFolder);
    return role === undefined ? all : all.filter((pid) => commandOf(pid).includes(`/apps/${role}/`));
  }

  /** All that it has said since it was started first. */
  log(): string {
    return this.main?.log() ?? '';
  }

  async createAdministrator(name: string, password: string): Promise<void> {
    const args = ['admin', 'create', name, '--email', `${name}@example.org`, '--password-stdin'];
    succeeded(await this.command(args, `${password}\n`));
  }

  /** Registers a registry under `name` and starts it with the fragment that the command wrote. */
  async registerAndStart(registry: BlobRegistry, name: string, options: string[] = []): Promise<void> {
    const file = join(this.folder, `${name}.part.yml`);
    const place = ['--url', registry.url, '--kind', registry.generation, '--config', file];
    succeeded(await this.command(['registry', 'add', name, ...place, ...options]));
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
      ...this.settings,
    });
  }
}
