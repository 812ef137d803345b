import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Api, type Credentials } from './api';
import { ContainerTools } from './clients';
import { DockerDaemon } from './docker-daemon';
import { temporaryFolder } from './environment';
import { Product } from './product';
import type { RegistryKind } from './programs';
import { BlobRegistry } from './registry';

/** A signed-up account of every fixture. */
export const alice = { name: 'alice', password: 'tulips in the rain 1' } satisfies Credentials;
/** Another signed-up account of every fixture. */
export const bob = { name: 'bob', password: 'a kettle of fish 22' } satisfies Credentials;
/** The administrator of every fixture. */
export const olga = { name: 'olga', password: 'keeps the shelf tidy 3' } satisfies Credentials;

/** A running index with three accounts and one registry, and further registries and programs on demand. */
export class DockerFixture {
  private engine: DockerDaemon | undefined;
  private readonly otherRegistries: BlobRegistry[] = [];

  private constructor(
    private readonly folder: string,
    readonly index: Product,
    readonly registry: BlobRegistry,
  ) {}

  /** Starts the product with `settings` and a registry of `kind`, registered as `main`, and creates the accounts. */
  static async start(kind: RegistryKind, settings: Record<string, string> = {}): Promise<DockerFixture> {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'index'));
    const registry = await BlobRegistry.prepare(kind, join(folder, 'registry'));
    const index = await Product.start(join(folder, 'index'), settings);
    const fixture = new DockerFixture(folder, index, registry);
    await index.createAdministrator(olga.name, olga.password);
    await index.registerAndStart(registry, 'main');
    for (const user of [alice, bob]) await fixture.api().signUp(user);
    return fixture;
  }

  /** A client of the REST API, anonymous without `credentials`. */
  api(credentials?: Credentials): Api {
    return new Api(this.index.url, credentials);
  }

  /** The docker daemon, started on the first call. */
  async docker(): Promise<DockerDaemon> {
    this.engine ??= await DockerDaemon.start(join(this.folder, 'engine'));
    return this.engine;
  }

  /** podman, skopeo and crane of the user `name`. */
  tools(name: string): ContainerTools {
    return new ContainerTools(join(this.folder, 'homes', name));
  }

  /** Starts another registry and registers it, with further options of `registry add`. */
  async addRegistry(name: string, kind: RegistryKind, options: string[] = []): Promise<BlobRegistry> {
    const registry = await BlobRegistry.prepare(kind, join(this.folder, name));
    this.otherRegistries.push(registry);
    await this.index.registerAndStart(registry, name, options);
    return registry;
  }

  /** A path for files of the suite. */
  path(name: string): string {
    return join(this.folder, name);
  }

  /** Stops everything. Processes that do not stop are killed when the test file ends. */
  async stop(): Promise<void> {
    await this.engine?.stop();
    for (const registry of [this.registry, ...this.otherRegistries]) await registry.stop();
    await this.index.stop();
  }
}
