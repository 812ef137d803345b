import { Agent, request } from 'node:http';
import { Api, type Credentials } from '../../test/acceptance/support/api';
import { succeeded } from '../../test/acceptance/support/processes';
import { expectStatus } from '../push';
import type { SeededInstance } from './seeded-instance';

const alice = { name: 'alice', password: 'tulips in the rain 1' };
const starred = 200;

/** Changes through the REST API by one account, which owns the largest imported namespace. */
export class WriteLoad {
  readonly api: Api;
  private changes = 0;
  private readonly agent = new Agent({ keepAlive: true });

  private constructor(
    private readonly url: string,
    private readonly credentials: Credentials,
    private readonly owned: readonly string[],
    private readonly popular: readonly string[],
  ) {
    this.api = new Api(url, credentials);
  }

  /** Signs the account up and assigns the largest namespace to it. */
  static async signUp(index: SeededInstance): Promise<WriteLoad> {
    await new Api(index.url).signUp(alice);
    // With an access token: each minute the password would be hashed again, which would be measured too.
    const permissions = ['pull', 'push', 'delete', 'metadata'];
    const token = await new Api(index.url, alice).createAccessToken(permissions, ['*/*']);
    const credentials = { name: alice.name, password: token };
    const [namespace] = await index.strings(
      `select namespace as text from search_document where not official group by 1 order by count(*) desc, 1 limit 1`,
    );
    succeeded(await index.product.command(['namespace', 'assign', namespace!, '--to', alice.name]));
    const owned = await index.strings(
      `select namespace || '/' || name as text from search_document where namespace = '${namespace}' order by rank_key`,
    );
    const popular = await index.strings(
      `select namespace || '/' || name as text from search_document where not official order by rank_key limit ${starred}`,
    );
    return new WriteLoad(index.url, credentials, owned, popular);
  }

  /** Makes the next change. One half are descriptions, a third are stars of popular repositories, the rest visibility. */
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
    const target = this.popular[n % this.popular.length]!;
    return this.send(n % 4 < 2 ? 'PUT' : 'DELETE', `${target}/star`);
  }

  // Like `api.send` for half of the processor time, because the client shares the machine with the product.
  private send(method: string, path: string, changes?: object): Promise<void> {
    const body = changes === undefined ? '' : JSON.stringify(changes);
    return new Promise((resolve, reject) => {
      request(`${this.url}/api/v1/repositories/${path}`, {
        method,
        agent: this.agent,
        auth: `${this.credentials.name}:${this.credentials.password}`,
        headers: body === '' ? {} : { 'content-type': 'application/json', 'content-length': body.length },
      })
        .on('error', reject)
        .on('response', (response) => {
          const { statusCode = 0 } = response.resume();
          if (statusCode >= 300) reject(new Error(`${method} ${path}: ${statusCode}`));
          else response.on('end', resolve);
        })
        .end(body);
    });
  }

  /** Makes changes at a fixed rate until the returned function is called, which returns how many failed. */
  start(perSecond: number): () => Promise<number> {
    const pending: Promise<void>[] = [];
    let failed = 0;
    const timer = setInterval(
      () => pending.push(this.change().catch(() => void (failed += 1))),
      1000 / perSecond,
    );
    return async () => {
      clearInterval(timer);
      await Promise.all(pending);
      return failed;
    };
  }

  async describe(path: string, description: string): Promise<void> {
    await expectStatus(200, await this.api.send('PATCH', `/api/v1/repositories/${path}`, { description }));
  }

  async setVisibility(path: string, visibility: 'private' | 'public'): Promise<void> {
    await expectStatus(200, await this.api.send('PATCH', `/api/v1/repositories/${path}`, { visibility }));
  }

  async delete(path: string): Promise<void> {
    await expectStatus(204, await this.api.send('DELETE', `/api/v1/repositories/${path}`));
  }
}
