import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import {
  AccessTokensService,
  AccountAdministration,
  AccountsService,
  SessionsService,
  type SignedIn,
} from '@central-index/accounts';
import { NamespacesService } from '@central-index/namespaces';
import { RegistriesService } from '@central-index/registries';
import { RepositoriesService, StarsService, TagsService } from '@central-index/repositories';
import type { Actor } from '../support/client';
import { IndexUnderTest } from '../support/index-under-test';
import { snapshot } from '../support/snapshot';

// Types exclude these values. This covers values that get past them.
const nullish: unknown[] = [undefined, null, {}, [], { $ne: 1 }, '', NaN, ['alice', 'bob'], Symbol.iterator];

describe('lookups with nullish values', () => {
  let index: IndexUnderTest;
  let alice: Actor;
  let owner: SignedIn;

  beforeAll(async () => {
    index = await IndexUnderTest.start();
    alice = await index.signUp('alice');
    await alice.post('/api/v1/namespaces/alice/repositories', { name: 'app' });
    await alice.post('/api/v1/user/tokens', { label: 'x', permissions: ['pull'], repositories: ['alice/*'] });
    await alice.post('/api/v1/login', { username: 'alice', password: 'a long password of alice' });
    owner = await index.app
      .get(AccountsService, { strict: false })
      .authenticate({ name: 'alice', secret: 'a long password of alice', address: '127.0.0.1' });
  });
  afterAll(() => index.stop());

  it('return no row, in particular not the first one (S14)', async () => {
    const get = <T>(service: new (...args: never[]) => T): T => index.app.get<T>(service, { strict: false });
    const lookups: Record<string, (value: never) => Promise<unknown>> = {
      'accounts.find': (value) => get(AccountsService).find(value),
      'accounts.authenticate': (value) =>
        get(AccountsService).authenticate({
          name: value,
          secret: 'a long password of alice',
          address: '192.0.2.1',
        }),
      'accounts.authenticate, secret': (value) =>
        get(AccountsService).authenticate({ name: 'alice', secret: value, address: '192.0.2.2' }),
      'accounts.unlock': (value) => get(AccountAdministration).unlock(value, { name: ':test' }),
      'sessions.resume': (value) => get(SessionsService).resume(value),
      'accessTokens.authenticate': (value) => get(AccessTokensService).authenticate(value, '192.0.2.3'),
      'accessTokens.revoke': (value) => get(AccessTokensService).revoke(owner, value, '192.0.2.4'),
      'namespaces.find': (value) => get(NamespacesService).find(value),
      'namespaces.assign': (value) => get(NamespacesService).assign(value, 'alice', { name: ':test' }),
      'registries.find': (value) => get(RegistriesService).find(value),
      'registries.findById': (value) => get(RegistriesService).findById(value),
      'registries.findByService': (value) => get(RegistriesService).findByService(value),
      'repositories.find': (value) => get(RepositoriesService).find(owner, value),
      'repositories.update': (value) =>
        get(RepositoriesService).update(owner, value, { description: 'x' }, '192.0.2.5'),
      'repositories.remove': (value) => get(RepositoriesService).delete(owner, value, '192.0.2.6'),
      'stars.star': (value) => get(StarsService).star(owner, value),
      'tags.find': (value) => get(TagsService).find(owner, value, value),
    };
    const before = await snapshot(index.database.url);
    const leaked: string[] = [];
    for (const [name, lookup] of Object.entries(lookups)) {
      for (const value of nullish) {
        // Any error is correct, as long as no row is returned or changed.
        const row = await Promise.resolve()
          .then(() => lookup(value as never))
          .catch(() => undefined);
        if (row !== undefined)
          leaked.push(`${name}(${String(JSON.stringify(value))}): ${JSON.stringify(row)}`);
      }
    }
    assert.deepEqual(leaked, []);
    assert.deepEqual(await snapshot(index.database.url), before);
  });
});
