import { writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { environmentIn, freePort } from './environment';
import { BackgroundProcess } from './processes';
import { pathOf, registryProgram, type RegistryKind } from './programs';

/** A real registry with its storage and configuration in one folder. */
export class BlobRegistry {
  private server: BackgroundProcess | undefined;
  private fragment = '';

  private constructor(
    readonly kind: RegistryKind,
    private readonly folder: string,
    readonly port: number,
  ) {}

  /** Chooses a port without starting the registry, because the index must know its address first. */
  static async prepare(kind: RegistryKind, folder: string): Promise<BlobRegistry> {
    await mkdir(folder, { recursive: true });
    return new BlobRegistry(kind, folder, await freePort());
  }

  /** The host part of image references. */
  get host(): string {
    return `localhost:${this.port}`;
  }

  get url(): string {
    return `http://${this.host}`;
  }

  /** Starts it with the required settings and `fragment`, the configuration fragment of the index. */
  async start(fragment: string): Promise<void> {
    this.fragment = fragment;
    const config = this.kind === 'zot' ? this.zotConfiguration() : `${this.settings()}${fragment}`;
    writeFileSync(this.configFile, config);
    await this.startWithSameConfig();
  }

  /** Kills it, which loses the notifications that it has not sent yet. */
  async kill(): Promise<void> {
    await this.server?.kill();
  }

  /** Starts it with its previous configuration. */
  async startWithSameConfig(): Promise<void> {
    this.server = new BackgroundProcess(
      this.kind,
      pathOf(registryProgram(this.kind)),
      ['serve', this.configFile],
      {
        // Registry 3 would otherwise send traces to a collector, and there is none.
        env: environmentIn(this.folder, { OTEL_TRACES_EXPORTER: 'none' }),
        log: join(this.folder, 'registry.log'),
      },
    );
    await this.server.ready(async () => (await fetch(`${this.url}/v2/`)).status < 500);
  }

  /** Stops it and starts it with the same fragment. */
  async restart(): Promise<void> {
    await this.stop();
    await this.start(this.fragment);
  }

  async stop(): Promise<void> {
    await this.server?.stop();
  }

  /** Sends GET to the registry, with a bearer token if there is one. */
  async get(path: string, token?: string, accept = '*/*'): Promise<Response> {
    const headers = { accept, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
    return fetch(`${this.url}${path}`, { headers });
  }

  private get configFile(): string {
    return join(this.folder, this.kind === 'zot' ? 'config.json' : 'config.yml');
  }

  // The fragment is merged, as `jq -s '.[0] * .[1]'` does.
  private zotConfiguration(): string {
    const settings = {
      distSpecVersion: '1.1.1',
      storage: { rootDirectory: join(this.folder, 'blobs') },
      http: { address: '127.0.0.1', port: String(this.port) },
      log: { level: 'info' },
    };
    const fragment = (this.fragment === '' ? {} : JSON.parse(this.fragment)) as Record<string, object>;
    const { storage = {}, http = {}, ...rest } = fragment;
    return JSON.stringify({
      ...settings,
      storage: { ...settings.storage, ...storage },
      http: { ...settings.http, ...http },
      ...rest,
    });
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
