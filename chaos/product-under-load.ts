import { setTimeout as pause } from 'node:timers/promises';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Actor, HttpResponse } from '../test/support/client';
import { eventually } from '../test/support/eventually';
import { FakeRegistry } from '../test/support/fake-registry';
import { imageOf } from '../test/support/images';
import { ProductFixture, type RunningProduct } from '../test/support/product';
import { RegistryUser } from '../test/support/registry-user';

const path = 'alice/load';
const mediaType = 'application/vnd.docker.distribution.events.v1+json';

/** What was found after a drill with a whole product. */
export interface Losses {
  readonly acknowledged: number;
  readonly lost: number;
  readonly invented: number;
  readonly differingTags: number;
  /** Pulls counted beyond those that were reported, or fewer than these. */
  readonly miscounted: number;
  readonly secondsToAgree: number;
}

/**
 * The whole product with people and a registry that keep it busy: repositories are made through the API, images are
 * pushed and reported as a registry does, in order and until the report is taken.
 */
export class ProductUnderLoad {
  /** How often each status was answered; 0 is no answer at all. */
  readonly statuses = new Map<number, number>();
  /** Answers of 503 that do not say when to come again. */
  unhelpful = 0;
  private readonly attempted = new Set<string>();
  private readonly made = new Set<string>();
  private reported = 0;
  private pulled = 0;
  private loads: Promise<void>[] = [];
  private going = true;

  private constructor(
    readonly place: ProductFixture,
    readonly fake: FakeRegistry,
    private product: RunningProduct,
    private readonly secret: string,
    private readonly env: Record<string, string>,
  ) {}

  /** Starts everything; `env` adds to the product's environment. */
  static async start(env: Record<string, string> = {}): Promise<ProductUnderLoad> {
    const place = await ProductFixture.create();
    const fake = await FakeRegistry.start();
    const settings = { RATE_LIMITS: 'off', LOG_LEVEL: 'warn', ...env };
    const product = place.start(['start'], settings);
    await product.ready();
    const file = join(place.dataDir, 'main.part.yml');
    const added = await place.run(['registry', 'add', 'main', '--url', fake.url, '--config', file]);
    if (added.code !== 0) throw new Error(added.stderr);
    const secret = /ci_hook_[\w-]+/.exec(readFileSync(file, 'utf8'))![0];
    const load = new ProductUnderLoad(place, fake, product, secret, settings);
    const body = { username: 'alice', email: 'alice@example.org', password: 'a long password of alice' };
    await must(201, product.anonymous.post('/api/v1/users', body));
    await must(200, load.alice.get(`/token?service=main&scope=repository:${path}:pull,push`));
    return load;
  }

  get alice(): Actor {
    return this.product.anonymous.basic('alice', 'a long password of alice');
  }

  get pid(): number {
    return this.product.pid;
  }

  /** Begins to keep it busy. */
  begin(): void {
    this.loads = [this.createRepositories(), this.pushAndReport(), this.ask()];
    // One that fails is told of when the drill compares.
    for (const load of this.loads) load.catch(() => undefined);
  }

  /** Starts the product again after its supervisor was killed. */
  async startAgain(): Promise<void> {
    await this.product.kill();
    this.product = this.place.start(['start'], this.env);
    await this.product.ready();
  }

  /** Waits until it answers. */
  serving(within = 60_000): Promise<void> {
    return eventually(async () => {
      if ((await this.alice.get('/readyz')).status !== 200) throw new Error('not ready');
    }, within);
  }

  /** Ends the load, lets what is under way be reported, and compares. */
  async compare(): Promise<Losses> {
    this.going = false;
    await Promise.all(this.loads);
    const begun = performance.now();
    const differing = async (): Promise<string[]> => {
      const truth = this.fake.contents(path).tags;
      const held = await this.tags();
      return Object.keys({ ...truth, ...held }).filter((tag) => truth[tag] !== held[tag]);
    };
    await eventually(async () => {
      if ((await differing()).length > 0) throw new Error('the index differs from the registry');
      if ((await this.pulls()) !== this.pulled) throw new Error('not all pulls are counted');
    }, 30_000).catch(() => undefined);
    const secondsToAgree = (performance.now() - begun) / 1000;
    const kept = new Set(await this.repositories());
    return {
      acknowledged: this.made.size + this.reported,
      lost: [...this.made].filter((name) => !kept.has(name)).length,
      invented: [...kept].filter((name) => name !== 'load' && !this.attempted.has(name)).length,
      differingTags: (await differing()).length,
      miscounted: Math.abs((await this.pulls()) - this.pulled),
      secondsToAgree,
    };
  }

  /** What its log says of failures that nobody foresaw, since it was started last. */
  unforeseen(): string[] {
    return this.product.unexpectedErrors();
  }

  /** Pulls that the index has counted. */
  async pulls(): Promise<number> {
    const answer = await must(200, this.alice.get(`/api/v1/repositories/${path}`));
    return (answer.json as { pulls: number }).pulls;
  }

  async stop(): Promise<void> {
    this.going = false;
    await Promise.allSettled(this.loads);
    await this.place.remove();
    await this.fake.stop();
  }

  private async createRepositories(): Promise<void> {
    for (let n = 0; this.going; n += 1) {
      const name = `made-${n}`;
      this.attempted.add(name);
      const answer = await this.counted(this.alice.post('/api/v1/namespaces/alice/repositories', { name }));
      if (answer?.status === 201) this.made.add(name);
      await pause(40);
    }
  }

  private async pushAndReport(): Promise<void> {
    const user = new RegistryUser(this.fake.url, 'alice');
    for (let n = 0; this.going; n += 1) {
      await user.push(path, imageOf(`layer ${n}`), `v${n % 200}`);
      await user.pull(path, `v${n % 200}`);
      this.pulled += 1;
      for (const event of this.fake.drainEvents()) await this.report(JSON.stringify({ events: [event] }));
      await pause(40);
    }
  }

  // As a registry does: the same again until it is taken, and nothing else before.
  private async report(body: string): Promise<void> {
    for (const lost = performance.now() + 120_000; performance.now() < lost;) {
      const headers = { 'content-type': mediaType };
      const hook = this.product.anonymous.bearer(this.secret);
      const answer = await this.counted(hook.send('POST', '/hooks/registry/main', { body, headers }));
      if (answer?.status === 202) {
        this.reported += 1;
        return;
      }
      await pause(100);
    }
    throw new Error('a report was not taken within two minutes');
  }

  private async ask(): Promise<void> {
    while (this.going) {
      await this.counted(this.product.anonymous.get('/v1/search?q=load'));
      await pause(20);
    }
  }

  private async counted(asked: Promise<HttpResponse>): Promise<HttpResponse | undefined> {
    const answer = await asked.catch(() => undefined);
    const status = answer?.status ?? 0;
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    if (status === 503 && answer?.headers['retry-after'] === undefined) this.unhelpful += 1;
    return answer;
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

  private async all<T>(from: string): Promise<T[]> {
    const items: T[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const query = new URLSearchParams({ per_page: '100', ...(cursor === '' ? {} : { cursor }) });
      const answer = await must(200, this.alice.get(`${from}?${query.toString()}`));
      const page = answer.json as { items: T[]; next: string | null };
      items.push(...page.items);
      cursor = page.next;
    }
    return items;
  }
}

async function must(status: number, asked: Promise<HttpResponse>): Promise<HttpResponse> {
  const answer = await asked;
  if (answer.status !== status) throw new Error(`${answer.status} instead of ${status}: ${answer.text}`);
  return answer;
}
