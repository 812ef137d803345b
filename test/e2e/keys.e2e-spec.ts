import assert from 'node:assert/strict';
import { createHash, createPublicKey, X509Certificate, type JsonWebKey } from 'node:crypto';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { AuditService } from '@central-index/audit';
import { Database, Sealer, sql } from '@central-index/platform/database';
import { SigningKeysService, TokensModule, type SigningKeyRecord } from '@central-index/tokens';
import { createTestDatabase } from '../support/database';
import { IndexUnderTest } from '../support/index-under-test';
import { openTestModule } from '../support/test-module';

const day = 86_400_000;
const hour = day / 24;

describe('signing keys', () => {
  let index: IndexUnderTest;
  let keys: SigningKeysService;
  beforeAll(async () => {
    index = await IndexUnderTest.start();
    keys = index.app.get(SigningKeysService);
  });
  afterAll(() => index.stop());

  const jwks = async (): Promise<{ kid: string; x5c: string[] }[]> =>
    (await index.anonymous.get('/.well-known/jwks.json')).json.keys;
  const certificate = (jwk: { x5c: string[] }): X509Certificate =>
    new X509Certificate(Buffer.from(jwk.x5c[0]!, 'base64'));
  const active = async (): Promise<SigningKeyRecord> =>
    (await keys.list()).find(({ purpose, state }) => purpose === 'shared' && state === 'active')!;

  it('are published as a key set with certificates that the published authority has signed', async () => {
    const pem = await index.anonymous.get('/.well-known/central-index/ca.pem');
    assert.equal(pem.status, 200);
    const authority = new X509Certificate(pem.text);
    assert.ok(authority.ca);
    assert.ok(authority.verify(authority.publicKey));
    const [jwk] = await jwks();
    const leaf = certificate(jwk!);
    assert.ok(!leaf.ca);
    assert.ok(leaf.checkIssued(authority) && leaf.verify(authority.publicKey));
    assert.ok(leaf.publicKey.equals(createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' })));
  });

  it('have their RFC 7638 thumbprint as key id', async () => {
    const [jwk] = (await index.anonymous.get('/.well-known/jwks.json')).json.keys;
    const members = `{"crv":"${jwk.crv}","kty":"${jwk.kty}","x":"${jwk.x}","y":"${jwk.y}"}`;
    assert.equal(jwk.kid, createHash('sha256').update(members).digest('base64url'));
    assert.deepEqual([jwk.kty, jwk.crv, jwk.use, jwk.alg], ['EC', 'P-256', 'sig', 'ES256']);
    assert.equal(jwk.d, undefined);
  });

  it('have certificates valid from one day ago, for 20 years (authority) or 90 days (leaf)', async () => {
    const authority = new X509Certificate(
      (await index.anonymous.get('/.well-known/central-index/ca.pem')).text,
    );
    const leaf = certificate((await jwks())[0]!);
    for (const [certificateOf, days] of [
      [authority, 20 * 365.25],
      [leaf, 90],
    ] as const) {
      assert.ok(Date.parse(certificateOf.validFrom) < Date.now() - 0.99 * day);
      assert.ok(Math.abs(Date.parse(certificateOf.validTo) - Date.now() - days * day) < hour);
    }
  });

  it('are created once by processes that start concurrently, and kept', async () => {
    const database = await createTestDatabase();
    const processes = await Promise.all([1, 2, 3].map(() => openTestModule(database, [TokensModule])));
    try {
      const services = processes.map((certificateOf) => certificateOf.get(SigningKeysService));
      await Promise.all([...services, ...services].map((service) => service.prepare()));
      const read = async (service: SigningKeysService): Promise<unknown[]> => [
        await service.list(),
        await service.authorityPem(),
        await service.issuer(),
      ];
      const expected = await read(services[0]!);
      assert.equal((expected[0] as unknown[]).length, 1);
      await services[1]!.prepare();
      assert.deepEqual(await read(services[2]!), expected);
    } finally {
      for (const certificateOf of processes) await certificateOf.close();
      await database.drop();
    }
  });

  it('cannot be unsealed with another SECRET_KEY, which creates nothing either', async () => {
    const other = new SigningKeysService(
      index.app.get(Database),
      new Sealer('another key of thirty-two characters'),
      index.app.get(AuditService),
    );
    const before = await keys.list();
    await assert.rejects(other.prepare(), { code: 'WRONG_SECRET_KEY' });
    await assert.rejects(other.prepareFor('zot:99'), { code: 'WRONG_SECRET_KEY' });
    assert.deepEqual(await keys.list(), before);
  });

  it('are separate for each zot registry, and absent from the key set', async () => {
    const pems = await Promise.all(Array.from({ length: 6 }, () => keys.certificatePem('zot:7')));
    const pem = pems[0]!;
    assert.equal(new Set(pems).size, 1);
    assert.notEqual(await keys.certificatePem('zot:8'), pem);
    const set = await jwks();
    assert.ok(set.every((jwk) => !certificate(jwk).publicKey.equals(new X509Certificate(pem).publicKey)));
  });

  it('are sealed in the database, which contains no private key in plain text', async () => {
    const rows = await index.app.get(Database).query(
      sql<{ text: string }>(`select encode(sealed_private_key, 'escape') as text from signing_key
         union all select encode(sealed_private_key, 'escape') from certificate_authority`),
    );
    assert.ok(rows.length >= 2);
    // The object identifiers of EC and P-256, which each unsealed PKCS #8 key contains.
    for (const { text } of rows) assert.ok(!text.includes('*\\206H\\316=') && !text.includes('PRIVATE KEY'));
  });

  it('rotate after 60 days: published for an hour, then signing, then verifying until the last token expires', async () => {
    const old = await active();
    const at = (ms: number): Date => new Date(Date.now() + ms);
    const nothing = { published: [], activated: [], removed: [] };
    assert.deepEqual(await keys.rotateIfDue(at(59 * day)), nothing);
    const { published } = await keys.rotateIfDue(at(60 * day + hour));
    assert.equal(published.length, 1);
    assert.equal((await active()).kid, old.kid);
    assert.deepEqual((await jwks()).map(({ kid }) => kid).sort(), [old.kid, ...published].sort());
    assert.deepEqual(await keys.rotateIfDue(at(60 * day + 1.5 * hour)), nothing);
    const switched = await keys.rotateIfDue(at(60 * day + 2 * hour));
    assert.deepEqual(switched, { ...nothing, activated: published });
    assert.equal((await active()).kid, published[0]);
    assert.ok((await jwks()).some(({ kid }) => kid === old.kid));
    assert.deepEqual(await keys.rotateIfDue(at(60 * day + 3 * hour)), nothing);
    assert.deepEqual((await keys.rotateIfDue(at(60 * day + 4 * hour))).removed, [old.kid]);
    assert.deepEqual(
      (await jwks()).map(({ kid }) => kid),
      published,
    );
  });

  it('rotate immediately when the active key is about to expire', async () => {
    const outcome = await keys.rotateIfDue(new Date(Date.now() + 200 * day));
    assert.equal(outcome.published.length, 1);
    assert.deepEqual(outcome.activated, outcome.published);
  });
});
