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

// Only we can sign these; that a registry takes some of them opens nothing that we did not grant.
const taken = [
  ...['our key without kid', 'our key under an unknown kid', 'our key under a kid that is a path'],
  ...['our key under a kid that is SQL', 'nbf missing', 'sub missing', 'access missing', 'far too long'],
];
const lenient: Record<Generation, readonly string[]> = {
  distribution2: [...taken, 'our key with an unknown critical extension'],
  distribution3: [...taken, 'aud as a list'],
};

for (const generation of generations) {
  describeWithReal(`S18: forged tokens at ${generation}`, [registryProgram(generation)], () => {
    let index: IndexUnderTest;
    let registry: BlobRegistry;
    let alice: Actor;
    let valid: ValidToken;
    let own: SigningKeyMaterial;
    let stranger: SigningKeyMaterial;

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
      stranger = await readSigningKey(other);
      await other.stop();
    });
    afterAll(async () => {
      await registry?.stop();
      await index?.stop();
    });

    /** True when the registry lets the token do anything at all: log in, read, or begin an upload. */
    const opens = async (token: string): Promise<boolean> => {
      const headers = { authorization: `Bearer ${token}` };
      const responses = await Promise.all([
        fetch(`${registry.url}/v2/`, { headers }),
        fetch(`${registry.url}/v2/alice/app/tags/list`, { headers }),
        fetch(`${registry.url}/v2/alice/app/blobs/uploads/`, { method: 'POST', headers }),
      ]);
      return responses.some(({ status }) => status < 400 || status === 404);
    };
    const accepted = async (tokens: readonly [string, string][]): Promise<string[]> => {
      const names: string[] = [];
      for (const [name, token] of tokens) if (await opens(token)) names.push(name);
      return names;
    };

    it('are refused, every one', async () => {
      const { header, claims } = valid;
      const right = [valid.token, ...[1, 2, 3, 4].map(() => signEs256(header, claims, own.privateKey))];
      for (const token of right)
        assert.ok(await opens(token), 'a right token opens, or the forgeries prove nothing');
      const forged = forgedTokens(valid, own, stranger);
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
        ['an refresh token', login.json.refresh_token as string],
      );
      assert.ok(forged.length >= 28);
      assert.deepEqual(await accepted(forged), []);
      diagnostic(
        `0 of ${forged.length} forged tokens accepted, ${right.length} of ${right.length} right ones`,
      );
    });

    it('tell from what we sign wrongly ourselves, of which little is taken', async () => {
      const misissued = misissuedTokens(valid, own);
      const wrong = await accepted(misissued);
      diagnostic(`${wrong.length} of ${misissued.length}: ${wrong.join('; ')}`);
      assert.deepEqual(wrong.sort(), [...lenient[generation]].sort());
    });

    it('and registry tokens are no tokens of the API', async () => {
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
