import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { RegistryKeyRotation, SigningKeysService } from '@central-index/tokens';
import { verify } from 'jsonwebtoken';
import { runCommand } from '../support/cli';
import { eventually } from '../support/eventually';
import { IndexUnderTest } from '../support/index-under-test';
import { register } from '../support/token-fixtures';

const operator = { name: ':cli' };

describe('rotation of the key of a zot registry', () => {
  let index: IndexUnderTest;
  let zot: Server;
  let id: string;
  /** The certificate that the registry read at its start; undefined while it is down. */
  let trusted: string | undefined;
  let questions = 0;
  const folder = mkdtempSync(join(tmpdir(), 'zot-keys-'));

  beforeAll(async () => {
    index = await IndexUnderTest.start();
    zot = createServer((request, response) => {
      questions += 1;
      if (trusted === undefined) return void response.destroy();
      const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
      response.writeHead(isTrusted(token) ? 200 : 401).end();
    });
    await new Promise<void>((resolve) => zot.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(zot.address() as AddressInfo).port}`;
    id = await register(index, { name: 'z', url, kind: 'zot' });
    trusted = await keys().certificatePem(`zot:${id}`);
  });
  afterAll(async () => {
    zot.closeAllConnections();
    await new Promise((resolve) => zot.close(resolve));
    await index.stop();
    rmSync(folder, { recursive: true });
  });

  const keys = (): SigningKeysService => index.app.get(SigningKeysService);
  const advance = () => index.app.get(RegistryKeyRotation).advance('z', operator);
  const isTrusted = (token: string): boolean => {
    try {
      return trusted !== undefined && Boolean(verify(token, trusted, { algorithms: ['ES256'] }));
    } catch {
      return false;
    }
  };
  /** An anonymous token, always by the same request, so that it may be shared. */
  const token = async (): Promise<string> => (await index.anonymous.get('/token?service=z')).json.token;
  const keysOfZot = async (): Promise<string[]> =>
    (await keys().list()).filter(({ purpose }) => purpose === `zot:${id}`).map(({ state }) => state);
  const eventuallyTrusted = (): Promise<void> =>
    eventually(async () => assert.ok(isTrusted(await token())), 4_000);

  it('holds both keys until the registry trusts the next one and the operator ends it', async () => {
    const former = trusted!;
    assert.ok(isTrusted(await token()));
    const published = await advance();
    assert.equal(published.step, 'published');
    const next = (published as { certificate: string }).certificate;
    assert.notEqual(next, former);
    assert.deepEqual(await keysOfZot(), ['active', 'next']);
    assert.deepEqual(await advance(), { step: 'waiting', certificate: next });
    assert.ok(isTrusted(await token()), 'the former key signs as long as the registry trusts it');

    trusted = next;
    await eventuallyTrusted();
    trusted = former;
    await eventuallyTrusted();
    trusted = next;
    await eventuallyTrusted();
    const asked = questions;
    for (let n = 0; n < 50; n += 1) assert.ok(isTrusted(await token()));
    assert.ok(questions - asked <= 5, `${questions - asked} questions for 50 tokens`);

    const switched = await advance();
    assert.equal(switched.step, 'switched');
    assert.deepEqual(await keysOfZot(), ['active']);
    assert.ok(isTrusted(await token()));
    const afterwards = questions;
    assert.ok(isTrusted(await token()));
    assert.equal(questions, afterwards, 'the registry is asked during a rotation only');
  });

  it('signs with the key that was trusted last while the registry is down', async () => {
    const former = trusted;
    await advance();
    assert.ok(isTrusted(await token()));
    trusted = undefined;
    const unreachable = await index.app
      .get(RegistryKeyRotation)
      .advance('z', operator)
      .catch((error: { code: string }) => error.code);
    assert.equal(unreachable, 'REGISTRY_UNREACHABLE');
    const tokens = [await token(), await token()];
    trusted = former;
    assert.ok(tokens.every(isTrusted));
    assert.deepEqual(await keysOfZot(), ['active', 'next']);
  });

  it('is a command, which writes the certificate and says what to do', async () => {
    const config = join(folder, 'zot.json');
    const rotate = () => runCommand(index, 'keys', 'rotate', '--registry', 'z', '--config', config);
    // Published by the test before.
    const waiting = await rotate();
    assert.equal(waiting.code, 1, waiting.stderr);
    assert.match(waiting.stdout, /does not trust its next certificate yet/);
    const next = readFileSync(`${config}.ca.pem`, 'utf8');
    assert.match(next, /^-----BEGIN CERTIFICATE-----/);
    trusted = next;
    const switched = await rotate();
    assert.equal(switched.code, 0, switched.stderr);
    assert.match(switched.stdout, /every process now signs with/);
    assert.ok(isTrusted(await token()));
    const published = await rotate();
    assert.equal(published.code, 0, published.stderr);
    assert.match(published.stdout, /set it as `cert` of z, restart that/);
    assert.notEqual(readFileSync(`${config}.ca.pem`, 'utf8'), next);
  });

  it('is refused for a registry that trusts the authority, and for an unknown one', async () => {
    await register(index, { name: 'main', url: 'http://localhost:24301' });
    const refused = await runCommand(index, 'keys', 'rotate', '--registry', 'main');
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /has no key of its own/);
    assert.equal((await runCommand(index, 'keys', 'rotate', '--registry', 'mars')).code, 1);
  });
});
