import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, it } from '@jest/globals';
import { RegistriesService } from '@central-index/registries';
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { Actor } from '../support/client';
import { IndexUnderTest } from '../support/index-under-test';

const mediaType = 'application/vnd.docker.distribution.events.v1+json';

describe('registry notifications', () => {
  let index: IndexUnderTest;
  let database: Client;
  let main: Actor;
  let other: Actor;

  const add = async (name: string, port: number): Promise<Actor> => {
    const registries = index.app.get(RegistriesService, { strict: false });
    const { hookSecret } = await registries.add({ name, url: `http://localhost:${port}` }, { name: ':test' });
    return index.anonymous.bearer(hookSecret);
  };
  const notify = (
    caller: Actor,
    body: string | Buffer,
    type: string | undefined = mediaType,
    name = 'main',
  ) =>
    caller.send('POST', `/hooks/registry/${name}`, {
      body,
      headers: type === undefined ? {} : { 'content-type': type },
    });
  const events = async (): Promise<
    { event_id: string; state: string; reason: string | null; body: Buffer }[]
  > => (await database.query('select event_id, state, reason, body from registry_event order by id')).rows;
  const unknown = (id: string): object => ({ id, action: 'sneeze' });

  beforeAll(async () => {
    index = await IndexUnderTest.start();
    database = new Client({ connectionString: index.database.url });
    await database.connect();
    main = await add('main', 1);
    other = await add('other', 2);
  });
  afterAll(async () => {
    await database.end();
    await index.stop();
  });
  beforeEach(() => database.query('delete from registry_event'));

  it('get the same 401 for a wrong, missing or foreign secret and for an unknown registry', async () => {
    const body = JSON.stringify({ events: [unknown(randomUUID())] });
    const authorized = main.headers.authorization!;
    const forged = [
      undefined,
      '',
      'Bearer',
      'Bearer x',
      authorized.toLowerCase(),
      `${authorized}x`,
      authorized.slice(0, -1),
      `Basic ${Buffer.from(`main:${authorized.slice(7)}`).toString('base64')}`,
      authorized.slice(7),
      other.headers.authorization,
    ];
    const responses = new Set<string>();
    for (let round = 0; round < 20; round += 1) {
      for (const authorization of forged) {
        const caller =
          authorization === undefined ? index.anonymous : index.anonymous.with({ authorization });
        for (const name of ['main', 'no-such-registry']) {
          const { status, text } = await notify(caller, body, mediaType, name);
          responses.add(`${status} ${text}`);
        }
      }
    }
    assert.deepEqual(
      [...responses].map((response) => response.slice(0, 4)),
      ['401 '],
    );
    assert.deepEqual(await events(), []);
  });

  it('are stored once per event, however often and through however many servers they arrive', async () => {
    const second = await IndexUnderTest.start({}, index.database);
    try {
      const ids = Array.from({ length: 30 }, () => randomUUID());
      const viaSecond = new Actor(second.url, main.headers);
      const bodies = [...ids, ...ids, ...ids].map((id) => JSON.stringify({ events: [unknown(id)] }));
      const all = JSON.stringify({ events: ids.map(unknown) });
      const responses = await Promise.all([
        ...bodies.map((body, n) => notify(n % 2 ? main : viaSecond, body)),
        notify(main, all),
        notify(viaSecond, all),
      ]);
      assert.ok(responses.every(({ status }) => status === 202));
      assert.deepEqual((await events()).map(({ event_id }) => event_id).sort(), [...ids].sort());
    } finally {
      await second.stop();
    }
  });

  it('are accepted with any content: unreadable ones are parked once and do not delay later ones', async () => {
    const hostile: [string | Buffer, string | undefined][] = [
      ['', mediaType],
      ['{', mediaType],
      ['[]', mediaType],
      [Buffer.from([0, 255, 254]), mediaType],
      ['{"events":[{"id":"x\\u0000"}]}', mediaType],
      ['{"events":[null]}', mediaType],
      ['{"events":[]}', 'text/plain'],
      ['{"events":[] }', 'multipart/form-data; boundary=x'],
      ['hello', undefined],
    ];
    for (const [body, type] of [...hostile, ...hostile])
      assert.equal((await notify(main, body, type)).status, 202);
    const stored = await events();
    assert.equal(stored.filter(({ state }) => state === 'parked').length, hostile.length);
    assert.ok(stored.every(({ reason }) => reason));
    const id = randomUUID();
    assert.equal((await notify(main, JSON.stringify({ events: [unknown(id)] }))).status, 202);
    assert.ok((await events()).some(({ event_id }) => event_id === id));
  });

  it('over 1 MB are truncated to 64 kB and parked; over 16 MB the connection is closed', async () => {
    const large = Buffer.from(JSON.stringify({ events: [{ id: 'x', padding: 'y'.repeat(1_100_000) }] }));
    assert.equal((await notify(main, large)).status, 202);
    const [event, ...more] = await events();
    assert.equal(event?.reason, 'oversized');
    assert.deepEqual(event.body, large.subarray(0, 64 * 1024));
    assert.deepEqual(more, []);
    assert.equal((await notify(main, large.subarray(0, 1024 * 1024 - 1))).status, 202);
    // The sender may still be writing when the connection closes, and receive the response or only the close.
    const outcome = await notify(main, Buffer.alloc(17 * 1024 * 1024, ' ')).then(
      ({ status, headers }) => `${status} ${headers.connection}`,
      (error: NodeJS.ErrnoException) => error.code,
    );
    assert.match(String(outcome), /^(400 close|ECONNRESET|EPIPE)$/);
    assert.equal((await events()).length, 2);
  });

  it('that are truncated in transfer change nothing', async () => {
    const { port } = new URL(index.url);
    await new Promise<void>((resolve, reject) => {
      const socket = connect(Number(port), '127.0.0.1', () => {
        socket.write(
          `POST /hooks/registry/main HTTP/1.1\r\nhost: x\r\nauthorization: ${main.headers.authorization}\r\n` +
            `content-type: ${mediaType}\r\ncontent-length: 1000\r\n\r\n{"events":[`,
          () => socket.destroy(),
        );
      });
      socket.on('close', () => resolve());
      socket.on('error', reject);
    });
    assert.equal((await notify(main, JSON.stringify({ events: [unknown('after')] }))).status, 202);
    assert.deepEqual(
      (await events()).map(({ event_id }) => event_id),
      ['after'],
    );
  });
});
