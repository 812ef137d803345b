import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { connect } from 'node:net';
import { IndexUnderTest } from '../support/index-under-test';

const form = { 'content-type': 'application/x-www-form-urlencoded' };
const json = { 'content-type': 'application/json' };

describe('limits on one request', () => {
  let index: IndexUnderTest;
  beforeAll(async () => {
    index = await IndexUnderTest.start({ RATE_LIMITS: 'off' });
  });
  afterAll(() => index.stop());

  const fields = (count: number, length = 0): string =>
    Array.from({ length: count }, (_, at) => `f${at}=${'x'.repeat(length)}`).join('&');
  const post = (path: string, body: string, headers: Record<string, string>) =>
    index.anonymous.sendRaw('POST', path, { body, headers });

  // Sends the body in chunks, without announcing its length, and returns the status line, or `closed` without a response.
  function postChunked(path: string, body: string, type: string, chunkBytes: number): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(Number(new URL(index.url).port), '127.0.0.1');
      socket.setTimeout(10_000, () => socket.destroy(new Error('no response within 10 s')));
      socket.on('error', reject);
      socket.once('close', () => resolve('closed'));
      socket.once('data', (data: Buffer) => {
        socket.destroy();
        resolve(data.toString('latin1').split('\r\n', 1)[0]!);
      });
      socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\n`);
      socket.write('Transfer-Encoding: chunked\r\n\r\n');
      const chunks: string[] = [];
      for (let at = 0; at < body.length; at += chunkBytes) {
        const chunk = body.slice(at, at + chunkBytes);
        chunks.push(`${chunk.length.toString(16)}\r\n${chunk}\r\n`);
      }
      socket.write(`${chunks.join('')}0\r\n\r\n`);
    });
  }

  it('refuse a form of many fields without reading it whole', async () => {
    const start = process.cpuUsage();
    assert.equal((await post('/token', fields(44_000), form)).status, 413);
    const many = await post('/token', fields(1_800), form);
    assert.equal(many.status, 400);
    assert.match(many.json.details, /at most 64 parameters/);
    assert.equal((await post('/token', fields(65), form)).status, 400);
    // Of this process, whatever else the machine does. A loop over the fields for each field takes 5 s.
    const { user, system } = process.cpuUsage(start);
    assert.ok(user + system < 2_000_000, `${(user + system) / 1000} ms of processor time`);
  });

  it('bound the body by what the surface reads', async () => {
    const bodyOf = (bytes: number): string => `grant_type=password&password=${'x'.repeat(bytes - 29)}`;
    assert.equal((await post('/token', bodyOf(16 * 1024), form)).status, 400);
    assert.equal((await post('/token', bodyOf(16 * 1024 + 1), form)).status, 413);
    const quoted = (bytes: number): string => `"${'x'.repeat(bytes - 2)}"`;
    assert.equal((await post('/api/v1/users', quoted(256 * 1024), json)).status, 400);
    assert.equal((await post('/api/v1/users', quoted(256 * 1024 + 1), json)).status, 413);
    // A hook reads any body once its sender is known.
    assert.equal((await post('/hooks/registry/nosuch', quoted(300_000), json)).status, 401);
  });

  it('bound a body whose length is not announced, whatever the size of its chunks', async () => {
    const type = form['content-type'];
    for (const chunkBytes of [16, 1_000, 100_000]) {
      const status = await postChunked('/token', 'x'.repeat(100_000), type, chunkBytes);
      assert.match(status, /^HTTP\/1\.1 413 /);
    }
    assert.match(await postChunked('/token', fields(3), type, 1), /^HTTP\/1\.1 400 /);
  });

  it('end a body that arrives in tiny parts, on every surface', async () => {
    const surfaces: [path: string, type: string][] = [
      ['/token', form['content-type']],
      ['/api/v1/users', json['content-type']],
      ['/v1/users/', json['content-type']],
    ];
    for (const [path, type] of surfaces) {
      const outcome = await postChunked(path, 'x'.repeat(10_000), type, 1).catch(
        (error: NodeJS.ErrnoException) => error.code,
      );
      assert.ok(['closed', 'ECONNRESET', 'EPIPE'].includes(outcome!), `${path}: ${outcome}`);
    }
    assert.equal((await index.anonymous.get('/healthz')).status, 200);
  });

  it('refuse a body of many fields without parsing it', async () => {
    const body = JSON.stringify(
      Object.fromEntries(Array.from({ length: 15_000 }, (_, n) => [`field${n}`, 1])),
    );
    const refused = await post('/api/v1/users', body, json);
    assert.equal(refused.status, 400);
    assert.match(refused.text, /the body has more than 1000 fields and list entries/);
  });
});
