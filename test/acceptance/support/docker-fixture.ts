import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Api, type Credentials } from './api';
import { ContainerTools } from './clients';
import { DockerDaemon } from './docker-daemon';
import { temporaryFolder } from './environment';
import { Product } from './product';
import type { Generation } from './programs';
import { BlobRegistry } from './registry';

/** The people of every play: two who signed up, and an administrator. Their passwords are theirs alone. */
export const alice = { name: 'alice', password: 'tulips in the rain 1' } satisfies Credentials;
export const bob = { name: 'bob', password: 'a kettle of fish 22' } satisfies Credentials;
export const olga = { name: 'olga', password: 'keeps the shelf tidy 3' } satisfies Credentials;

/** A running index with its people and one registry, and whatever else a suite asks for. */
export class DockerFixture {
  private engine: DockerDaemon | undefined;
  private readonly more: BlobRegistry[] = [];

  private constructor(
    private readonly folder: string,
    readonly index: Product,
    readonly registry: BlobRegistry,
  ) {}

  /** Starts the product and a registry of `generation`, registered as `main`, and signs the people up; `settings` are the product's. */
  static async start(generation: Generation, settings: Record<string, string> = {}): Promise<DockerFixture> {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'index'));
    const registry = await BlobRegistry.prepare(generation, join(folder, 'registry'));
    const index = await Product.start(join(folder, 'index'), settings);
    const stage = new DockerFixture(folder, index, registry);
    await index.createAdministrator(olga.name, olga.password);
    await index.registerAndStart(registry, 'main');
    for (const person of [alice, bob]) await stage.api().signUp(person);
    return stage;
  }

  /** The REST API as seen by somebody, or by nobody in particular. */
  api(who?: Credentials): Api {
    return new Api(this.index.url, who);
  }

  /** The engine of this stage, started when it is first asked for. */
  async docker(): Promise<DockerDaemon> {
    this.engine ??= await DockerDaemon.start(join(this.folder, 'engine'));
    return this.engine;
  }

  /** Podman, skopeo and crane in the home of `name`. */
  tools(name: string): ContainerTools {
    return new ContainerTools(join(this.folder, 'homes', name));
  }

  /** A further registry of the same index, with more options of `registry add` where some are given. */
  async addRegistry(name: string, generation: Generation, options: string[] = []): Promise<BlobRegistry> {
    const registry = await BlobRegistry.prepare(generation, join(this.folder, name));
    this.more.push(registry);
    await this.index.registerAndStart(registry, name, options);
    return registry;
  }

  /** A place for a suite's own files. */
  path(name: string): string {
    return join(this.folder, name);
  }

  /** Ends all of it. What does not end by itself is killed when this process ends. */
  async stop(): Promise<void> {
    await this.engine?.stop();
    for (const registry of [this.registry, ...this.more]) await registry.stop();
    await this.index.stop();
  }
}
