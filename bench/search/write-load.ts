import { Agent, request } from 'node:http';
import { Api, type Credentials } from '../../test/acceptance/support/api';
import { succeeded } from '../../test/acceptance/support/processes';
import { expect } from '../push';
import type { FilledProduct } from './seeded-instance';

const credentials = { name: 'alice', password: 'tulips in the rain 1' };
const stars = 200;

/** An account that owns the largest imported namespace, and changes things by the API, as people do. */
export class Owner {
  readonly api: Api;
  private changes = 0;
  private readonly agent = new Agent({ keepAlive: true });

  private constructor(
    private readonly url: string,
    private readonly program: Credentials,
    private readonly owned: readonly string[],
    private readonly popular: readonly string[],
  ) {
    this.api = new Api(url, program);
  }

  static async signUp(index: FilledProduct): Promise<Owner> {
    await new Api(index.url).signUp(credentials);
    // As a program does that changes much: hashing its password anew each minute would be part of the figures.
    const permissions = ['pull', 'push', 'delete', 'metadata'];
    const token = await new Api(index.url, credentials).createAccessToken(permissions, ['*/*']);
    const program = { name: credentials.name, password: token };
    const [namespace] = await index.strings(
      `select namespace as text from search_document where not official group by 1 order by count(*) desc, 1 limit 1`,
    );
    succeeded(await index.product.command(['namespace', 'assign', namespace!, '--to', credentials.name]));
    const owned = await index.strings(
      `select namespace || '/' || name as text from search_document where namespace = '${namespace}' order by place`,
    );
    const popular = await index.strings(
      `select namespace || '/' || name as text from search_document where not official order by place limit ${stars}`,
    );
    return new Owner(index.url, program, owned, popular);
  }

  /** Makes the next change: half of them descriptions, a third stars of popular repositories, else visibility. */
  async change(): Promise<void> {
    const n = this.changes++;
    const own = this.owned[n % this.owned.length]!;
    if (n % 6 < 3) {
      const description = `round ${n} of changes, ${(n * 7919) % 1000} of them`;
      return this.send('PATCH', own, { description });
    }
    if (n % 6 === 5) {
      const visibility = Math.floor(n / this.owned.length) % 2 === 0 ? 'private' : 'public';
      return this.send('PATCH', own, { visibility });
    }
    const liked = this.popular[n % this.popular.length]!;
    return this.send(n % 4 < 2 ? 'PUT' : 'DELETE', `${liked}/star`);
  }

  // As `api.send`, for half the processor time: what the client takes is not what a change costs.
  private send(method: string, path: string, texts?: object): Promise<void> {
    const body = texts === undefined ? '' : JSON.stringify(texts);
    return new Promise((resolve, reject) => {
      request(`${this.url}/api/v1/repositories/${path}`, {
        method,
        agent: this.agent,
        auth: `${this.program.name}:${this.program.password}`,
        headers: body === '' ? {} : { 'content-type': 'application/json', 'content-length': body.length },
      })
        .on('error', reject)
        .on('response', (answer) => {
          const { statusCode = 0 } = answer.resume();
          if (statusCode >= 300) reject(new Error(`${method} ${path}: ${statusCode}`));
          else answer.on('end', resolve);
        })
        .end(body);
    });
  }

  /** Changes so many times a second, until the returned function is called; that answers how many failed. */
  changing(perSecond: number): () => Promise<number> {
    const under: Promise<void>[] = [];
    let failed = 0;
    const timer = setInterval(
      () => under.push(this.change().catch(() => void (failed += 1))),
      1000 / perSecond,
    );
    return async () => {
      clearInterval(timer);
      await Promise.all(under);
      return failed;
    };
  }

  async describe(path: string, description: string): Promise<void> {
    await expect(200, await this.api.send('PATCH', `/api/v1/repositories/${path}`, { description }));
  }

  async show(path: string, visibility: 'private' | 'public'): Promise<void> {
    await expect(200, await this.api.send('PATCH', `/api/v1/repositories/${path}`, { visibility }));
  }

  async remove(path: string): Promise<void> {
    await expect(204, await this.api.send('DELETE', `/api/v1/repositories/${path}`));
  }
}
