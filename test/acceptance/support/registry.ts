import { writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { environmentIn, freePort } from './environment';
import { BackgroundProcess } from './processes';
import { pathOf, registryProgram, type Generation } from './programs';

/** A real blob registry on this machine, in a folder of its own. */
export class BlobRegistry {
  private server: BackgroundProcess | undefined;
  private fragment = '';

  private constructor(
    readonly generation: Generation,
    private readonly folder: string,
    readonly port: number,
  ) {}

  /** Chooses a port for a registry that is not started yet: the index must know its address first. */
  static async prepare(generation: Generation, folder: string): Promise<BlobRegistry> {
    await mkdir(folder, { recursive: true });
    return new BlobRegistry(generation, folder, await freePort());
  }

  /** What people type before an image's name. */
  get host(): string {
    return `localhost:${this.port}`;
  }

  get url(): string {
    return `http://${this.host}`;
  }

  /** Starts it with `fragment`, the part that the index wrote, below the few settings it cannot do without. */
  async start(fragment: string): Promise<void> {
    this.fragment = fragment;
    const config = join(this.folder, 'config.yml');
    writeFileSync(config, `${this.settings()}${fragment}`);
    await this.startWithSameConfig();
  }

  /** Kills it, with whatever it still had to report. */
  async kill(): Promise<void> {
    await this.server?.kill();
  }

  /** Starts it with the configuration that it had. */
  async startWithSameConfig(): Promise<void> {
    const config = join(this.folder, 'config.yml');
    this.server = new BackgroundProcess(
      this.generation,
      pathOf(registryProgram(this.generation)),
      ['serve', config],
      {
        // Registry 3 would report its traces to a collector that nobody runs here.
        env: environmentIn(this.folder, { OTEL_TRACES_EXPORTER: 'none' }),
        log: join(this.folder, 'registry.log'),
      },
    );
    await this.server.ready(async () => (await fetch(`${this.url}/v2/`)).status < 500);
  }

  /** Stops it and starts it again with what it was started with. */
  async restart(): Promise<void> {
    await this.stop();
    await this.start(this.fragment);
  }

  async stop(): Promise<void> {
    await this.server?.stop();
  }

  /** Asks the registry itself, with a bearer token where one is given. */
  async get(path: string, token?: string, accept = '*/*'): Promise<Response> {
    const headers = { accept, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
    return fetch(`${this.url}${path}`, { headers });
  }

  private settings(): string {
    return [
      'version: 0.1',
      'log: { level: info }',
      `storage: { filesystem: { rootdirectory: ${join(this.folder, 'blobs')} }, delete: { enabled: true } }`,
      `http: { addr: "127.0.0.1:${this.port}" }`,
      '',
    ].join('\n');
  }
}
