import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { SigningKeysService } from '@central-index/tokens';
import { IndexUnderTest } from '../support/index-under-test';
import { requestToken, readJwt, register } from '../support/token-fixtures';

describe('rotation of active signing keys', () => {
  let index: IndexUnderTest;
  let keys: SigningKeysService;
  beforeAll(async () => {
    index = await IndexUnderTest.start();
    keys = index.app.get(SigningKeysService);
  });
  afterAll(() => index.stop());

  const jwks = async (): Promise<{ kid: string }[]> =>
    (await index.anonymous.get('/.well-known/jwks.json')).json.keys;

  it('takes effect in every process before the command returns (DESIGN 10.18)', async () => {
    const other = await IndexUnderTest.start({}, index.database);
    try {
      await register(index, { name: 'reg', url: 'http://localhost:24101' });
      await register(index, { name: 'old', url: 'http://localhost:24102', tokenAlgorithm: 'RS256' });
      const kidAt = async (instance: IndexUnderTest, service: string): Promise<string> =>
        readJwt((await requestToken(instance.anonymous, service)).json.token).header.kid;
      const before = [await kidAt(index, 'reg'), await kidAt(other, 'reg'), await kidAt(index, 'old')];
      assert.equal(new Set(before).size, 2);
      const { activated } = await keys.rotate({ name: ':cli' });
      const after = [await kidAt(index, 'reg'), await kidAt(other, 'reg'), await kidAt(other, 'old')];
      assert.deepEqual(new Set(after), new Set(activated));
      assert.equal(new Set([...before, ...after]).size, 4);
      const published = (await jwks()).map(({ kid }) => kid);
      assert.ok([...before, ...after].every((kid) => published.includes(kid)));
    } finally {
      await other.stop();
    }
  });

  it('signs RS256 for a registry that requires it, with a key that the index itself does not accept', async () => {
    const token = (await requestToken(index.anonymous, 'old')).json.token as string;
    const { header } = readJwt(token);
    const jwk = (await jwks()).find(({ kid }) => kid === header.kid)! as unknown as Record<string, string>;
    assert.deepEqual([header.alg, jwk.alg, jwk.kty], ['RS256', 'RS256', 'RSA']);
    const thumb = createHash('sha256').update(`{"e":"${jwk.e}","kty":"RSA","n":"${jwk.n}"}`);
    assert.equal(jwk.kid, thumb.digest('base64url'));
    const authority = new X509Certificate(
      (await index.anonymous.get('/.well-known/central-index/ca.pem')).text,
    );
    const leaf = new X509Certificate(Buffer.from(header.x5c[0], 'base64'));
    assert.ok(leaf.verify(authority.publicKey));
    assert.equal((await index.anonymous.bearer(token).get('/v2/')).status, 401);
  });
});
