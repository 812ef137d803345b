import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, it } from '@jest/globals';
import { fragmentFor, RegistriesService } from '@central-index/registries';
import { SigningKeysService } from '@central-index/tokens';
import type { Actor } from '../support/client';
import {
  forgedTokens,
  misissuedTokens,
  readSigningKey,
  signEs256,
  type SigningKeyMaterial,
  type ValidToken,
} from '../support/forged-tokens';
import { IndexUnderTest } from '../support/index-under-test';
import { withToken } from '../support/users';
import { requestToken, readJwt, register } from '../support/token-fixtures';
import { temporaryFolder } from './support/environment';
import { describeWithReal } from './support/describe-with-real';
import { generations, registryProgram, type Generation } from './support/programs';
import { BlobRegistry } from './support/registry';
import { diagnostic } from '../support/jest';

// Only the index can sign these. A registry that accepts some of them grants nothing that the index has not granted.
const acceptedByAll = [
  ...['our key without kid', 'our key under an unknown kid', 'our key under a kid that is a path'],
  ...[
    'our key under a kid that is SQL',
    'nbf missing',
    'sub missing',
    'access missing',
    'longer than the limit',
  ],
];
const lenient: Record<Generation, readonly string[]> = {
  distribution2: [...acceptedByAll, 'our key with an unknown critical extension'],
  distribution3: [...acceptedByAll, 'aud as a list'],
};

for (const generation of generations) {
  describeWithReal(`forged tokens at ${generation} (S18)`, [registryProgram(generation)], () => {
    let index: IndexUnderTest;
    let registry: BlobRegistry;
    let alice: Actor;
    let valid: ValidToken;
    let own: SigningKeyMaterial;
    let foreign: SigningKeyMaterial;

    beforeAll(async () => {
      const folder = temporaryFolder();
      registry = await BlobRegistry.prepare(generation, join(folder, 'registry'));
      index = await IndexUnderTest.start();
      alice = await index.signUp('alice');
      const keys = index.app.get(SigningKeysService);
      const added = await index.app
        .get(RegistriesService)
        .add({ name: 'main', url: registry.url, kind: generation }, { name: ':test' });
      mkdirSync(folder, { recursive: true });
      const certificatePath = join(folder, 'ca.pem');
      writeFileSync(certificatePath, await keys.authorityPem());
      const { publicUrl } = index.config.server;
      const issuer = await keys.issuer();
      await registry.start(
        fragmentFor(added.registry, { publicUrl, issuer, secret: added.hookSecret, certificatePath }),
      );
      const { json } = await requestToken(alice, 'main', ['repository:alice/app:push,pull']);
      valid = { ...readJwt(json.token as string), token: json.token as string };
      own = await readSigningKey(index);
      const other = await IndexUnderTest.start();
      foreign = await readSigningKey(other);
      await other.stop();
    });
    afterAll(async () => {
      await registry?.stop();
      await index?.stop();
    });

    /** True when the registry accepts the token for anything: login, reading, or starting an upload. */
    const isAccepted = async (token: string): Promise<boolean> => {
      const headers = { authorization: `Bearer ${token}` };
      const responses = await Promise.all([
        fetch(`${registry.url}/v2/`, { headers }),
        fetch(`${registry.url}/v2/alice/app/tags/list`, { headers }),
        fetch(`${registry.url}/v2/alice/app/blobs/uploads/`, { method: 'POST', headers }),
      ]);
      return responses.some(({ status }) => status < 400 || status === 404);
    };
    const acceptedNames = async (tokens: readonly [string, string][]): Promise<string[]> => {
      const names: string[] = [];
      for (const [name, token] of tokens) if (await isAccepted(token)) names.push(name);
      return names;
    };

    it('are rejected without exception', async () => {
      const { header, claims } = valid;
      const validTokens = [valid.token, ...[1, 2, 3, 4].map(() => signEs256(header, claims, own.privateKey))];
      for (const token of validTokens)
        assert.ok(await isAccepted(token), 'a valid token must be accepted, or the forgeries prove nothing');
      const forged = forgedTokens(valid, own, foreign);
      await register(index, { name: 'other', url: 'http://localhost:23399' });
      const id = await register(index, { name: 'zot1', url: 'http://localhost:23398', kind: 'zot' });
      const tokenFor = async (service: string): Promise<string> =>
        (await requestToken(alice, service, ['repository:alice/app:pull'])).json.token as string;
      forged.push(
        ["another registry's token", await tokenFor('other')],
        ["the index's own token", await tokenFor('central-index')],
        ["a zot registry's token", await tokenFor('zot1')],
      );
      const zot = await readSigningKey(index, `zot:${id}`);
      forged.push(["a zot registry's key under our kid", signEs256(header, claims, zot.privateKey)]);
      const accessToken = (await withToken(alice, ['pull', 'push'], ['alice/*'])).headers.authorization!;
      const login = await requestToken(alice, 'main', [], { offline_token: 'true' });
      forged.push(
        ['an access token', accessToken.replace('Bearer ', '')],
        ['a refresh token', login.json.refresh_token as string],
      );
      assert.ok(forged.length >= 28);
      assert.deepEqual(await acceptedNames(forged), []);
      diagnostic(
        `0 of ${forged.length} forged tokens accepted, ${validTokens.length} of ${validTokens.length} right ones`,
      );
    });

    it('are distinct from misissued tokens, of which only the listed ones are accepted', async () => {
      const misissued = misissuedTokens(valid, own);
      const acceptedMisissued = await acceptedNames(misissued);
      diagnostic(`${acceptedMisissued.length} of ${misissued.length}: ${acceptedMisissued.join('; ')}`);
      assert.deepEqual(acceptedMisissued.sort(), [...lenient[generation]].sort());
    });

    it('include registry tokens at the API of the index', async () => {
      for (const path of [
        '/api/v1/user',
        '/api/v1/user/tokens',
        '/api/v1/admin/users',
        '/v2/',
        '/token?service=main',
      ]) {
        assert.equal((await index.anonymous.bearer(valid.token).get(path)).status, 401, path);
      }
      const basic = index.anonymous.basic('alice', valid.token);
      assert.equal((await basic.get('/token?service=main')).status, 401);
    });
  });
}
