import { setTimeout as pause } from 'node:timers/promises';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Actor, HttpResponse } from '../test/support/client';
import { eventually } from '../test/support/eventually';
import { FakeRegistry } from '../test/support/fake-registry';
import { imageOf } from '../test/support/images';
import { ProductFixture, type RunningProduct } from '../test/support/product';
import { RegistryUser } from '../test/support/registry-user';
import type { Measurement } from './scenario';

const path = 'alice/load';
const password = 'a long password of alice';
const mediaType = 'application/vnd.docker.distribution.events.v1+json';

/** What the index holds after a scenario, compared with what it acknowledged and with the registry. */
export interface LoadComparison {
  /** Writes acknowledged: repositories created and events received. */
  readonly acknowledged: number;
  /** Acknowledged repositories that do not exist. */
  readonly lost: number;
  /** Repositories that exist although no request was to create them. */
  readonly unexpected: number;
  readonly differingTags: number;
  /** Difference between the pulls counted and the pulls notified. */
  readonly miscounted: number;
  /** From the end of the load. */
  readonly secondsToAgree: number;
}

/** Returns the measurements of a comparison with their bounds: nothing lost or doubled, agreement within 30 s. */
export function loadMeasurements(comparison: LoadComparison): Measurement[] {
  return [
    { label: 'writes acknowledged', value: comparison.acknowledged },
    { label: 'writes acknowledged and lost', value: comparison.lost, expected: 0 },
    { label: 'repositories that were never requested', value: comparison.unexpected, expected: 0 },
    { label: 'tags that differ from the registry', value: comparison.differingTags, expected: 0 },
    { label: 'pulls counted twice or not at all', value: comparison.miscounted, expected: 0 },
    { label: 'seconds until index and registry agreed', value: comparison.secondsToAgree, max: 30 },
  ];
}

/**
 * The whole product under the load of users and one registry: repositories are created through the API, searches run,
 * and images are pushed and pulled. Events are delivered as registries do: in order, each repeated until it is accepted.
 */
export class ProductUnderLoad {
  /** Number of responses by status; 0 stands for requests without a response. */
  readonly statuses = new Map<number, number>();
  /** Responses of 503 without a Retry-After header. */
  withoutRetryAfter = 0;
  private readonly requested = new Set<string>();
  private readonly created = new Set<string>();
  private delivered = 0;
  private pulled = 0;
  private loads: Promise<void>[] = [];
  private isRunning = true;

  private constructor(
    readonly product: ProductFixture,
    readonly fake: FakeRegistry,
    private supervisor: RunningProduct,
    private readonly secret: string,
    private readonly env: Record<string, string>,
  ) {}

  /** Starts product and registry without load; `env` adds to the product's environment. */
  static async start(env: Record<string, string> = {}): Promise<ProductUnderLoad> {
    const product = await ProductFixture.create();
    const fake = await FakeRegistry.start();
    const settings = { RATE_LIMITS: 'off', LOG_LEVEL: 'warn', ...env };
    const supervisor = product.start(['start'], settings);
    await supervisor.ready();
    const file = join(product.dataDir, 'main.part.yml');
    const added = await product.run(['registry', 'add', 'main', '--url', fake.url, '--config', file]);
    if (added.code !== 0) throw new Error(added.stderr);
    const secret = /ci_hook_[\w-]+/.exec(readFileSync(file, 'utf8'))![0];
    const load = new ProductUnderLoad(product, fake, supervisor, secret, settings);
    const body = { username: 'alice', email: 'alice@example.org', password };
    await expectStatus(201, supervisor.anonymous.post('/api/v1/users', body));
    await expectStatus(200, load.alice.get(`/token?service=main&scope=repository:${path}:pull,push`));
    return load;
  }

  get alice(): Actor {
    return this.supervisor.anonymous.basic('alice', password);
  }

  /** The process id of the supervisor. */
  get pid(): number {
    return this.supervisor.pid;
  }

  /** Starts the load. */
  begin(): void {
    this.loads = [this.createRepositories(), this.pushAndPull(), this.search()];
    // `compare` throws the error of a load that fails.
    for (const load of this.loads) load.catch(() => undefined);
  }

  /** Starts the product again after its supervisor was killed. */
  async restart(): Promise<void> {
    await this.supervisor.kill();
    this.supervisor = this.product.start(['start'], this.env);
    await this.supervisor.ready();
  }

  /** Waits until `/readyz` responds with 200. */
  waitUntilReady(timeoutMs = 60_000): Promise<void> {
    return eventually(async () => {
      if ((await this.alice.get('/readyz')).status !== 200) throw new Error('not ready');
    }, timeoutMs);
  }

  /** Ends the load, waits up to 30 s until index and registry agree, and compares them. */
  async compare(): Promise<LoadComparison> {
    this.isRunning = false;
    await Promise.all(this.loads);
    const started = performance.now();
    const differing = async (): Promise<string[]> => {
      const actual = this.fake.contents(path).tags;
      const indexed = await this.tags();
      return Object.keys({ ...actual, ...indexed }).filter((tag) => actual[tag] !== indexed[tag]);
    };
    await eventually(async () => {
      if ((await differing()).length > 0) throw new Error('the index differs from the registry');
      if ((await this.pulls()) !== this.pulled) throw new Error('not all pulls are counted');
    }, 30_000).catch(() => undefined);
    const secondsToAgree = (performance.now() - started) / 1000;
    const existing = new Set(await this.repositories());
    return {
      acknowledged: this.created.size + this.delivered,
      lost: [...this.created].filter((name) => !existing.has(name)).length,
      unexpected: [...existing].filter((name) => name !== 'load' && !this.requested.has(name)).length,
      differingTags: (await differing()).length,
      miscounted: Math.abs((await this.pulls()) - this.pulled),
      secondsToAgree,
    };
  }

  /** Log lines about unhandled errors since the supervisor was last started. */
  unexpectedErrors(): string[] {
    return this.supervisor.unexpectedErrors();
  }

  /** The pulls that the index has counted. */
  async pulls(): Promise<number> {
    const response = await expectStatus(200, this.alice.get(`/api/v1/repositories/${path}`));
    return (response.json as { pulls: number }).pulls;
  }

  async stop(): Promise<void> {
    this.isRunning = false;
    await Promise.allSettled(this.loads);
    await this.product.remove();
    await this.fake.stop();
  }

  private async createRepositories(): Promise<void> {
    for (let n = 0; this.isRunning; n += 1) {
      const name = `made-${n}`;
      this.requested.add(name);
      const response = await this.record(this.alice.post('/api/v1/namespaces/alice/repositories', { name }));
      if (response?.status === 201) this.created.add(name);
      await pause(40);
    }
  }

  private async pushAndPull(): Promise<void> {
    const user = new RegistryUser(this.fake.url, 'alice');
    for (let n = 0; this.isRunning; n += 1) {
      await user.push(path, imageOf(`layer ${n}`), `v${n % 200}`);
      await user.pull(path, `v${n % 200}`);
      this.pulled += 1;
      for (const event of this.fake.drainEvents()) await this.deliver(JSON.stringify({ events: [event] }));
      await pause(40);
    }
  }

  // As registries do: one envelope at a time, repeated until it is accepted.
  private async deliver(body: string): Promise<void> {
    for (const deadline = performance.now() + 120_000; performance.now() < deadline;) {
      const headers = { 'content-type': mediaType };
      const hook = this.supervisor.anonymous.bearer(this.secret);
      const response = await this.record(hook.send('POST', '/hooks/registry/main', { body, headers }));
      if (response?.status === 202) {
        this.delivered += 1;
        return;
      }
      await pause(100);
    }
    throw new Error('a notification was not accepted within two minutes');
  }

  private async search(): Promise<void> {
    while (this.isRunning) {
      await this.record(this.supervisor.anonymous.get('/v1/search?q=load'));
      await pause(20);
    }
  }

  private async record(pending: Promise<HttpResponse>): Promise<HttpResponse | undefined> {
    const response = await pending.catch(() => undefined);
    const status = response?.status ?? 0;
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    if (status === 503 && response?.headers['retry-after'] === undefined) this.withoutRetryAfter += 1;
    return response;
  }

  private async tags(): Promise<Record<string, string>> {
    const items = await this.all<{ name: string; digest: string }>(`/api/v1/repositories/${path}/tags`);
    return Object.fromEntries(items.map(({ name, digest }) => [name, digest]));
  }

  private async repositories(): Promise<string[]> {
    return (await this.all<{ name: string }>('/api/v1/namespaces/alice/repositories')).map(
      ({ name }) => name,
    );
  }

  private async all<T>(resource: string): Promise<T[]> {
    const items: T[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const query = new URLSearchParams({ per_page: '100', ...(cursor === '' ? {} : { cursor }) });
      const response = await expectStatus(200, this.alice.get(`${resource}?${query.toString()}`));
      const page = response.json as { items: T[]; next: string | null };
      items.push(...page.items);
      cursor = page.next;
    }
    return items;
  }
}

async function expectStatus(status: number, pending: Promise<HttpResponse>): Promise<HttpResponse> {
  const response = await pending;
  if (response.status !== status) {
    throw new Error(`${response.status} instead of ${status}: ${response.text}`);
  }
  return response;
}
