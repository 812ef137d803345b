import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { ProductProcess } from '../support/child-process';
import { Actor } from '../support/client';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { freePort } from '../support/free-port';
import { InterruptibleProxy } from '../support/interruptible-proxy';

const outageMs = 12_000;

describe('while PostgreSQL is away', () => {
  let database: TestDatabase;
  let proxy: InterruptibleProxy;
  let processes: ProductProcess[];
  let anonymous: Actor;
  beforeAll(async () => {
    database = await createTestDatabase();
    proxy = await InterruptibleProxy.to(database.url);
    const port = await freePort();
    const env = { DATABASE_URL: proxy.url, PORT: String(port), LOG_LEVEL: 'info' };
    processes = await Promise.all([ProductProcess.start('server', env), ProductProcess.start('worker', env)]);
    anonymous = new Actor(`http://127.0.0.1:${port}`);
    await eventually(async () => assert.equal((await anonymous.get('/readyz')).status, 200));
  });
  afterAll(async () => {
    for (const one of processes) await one.stop();
    await database.drop();
  });

  it('each process logs that once per minute, whatever fails meanwhile', async () => {
    proxy.cut();
    const end = performance.now() + outageMs;
    let refused = 0;
    while (performance.now() < end) {
      for (const path of [
        '/readyz',
        '/token?service=central-index',
        '/v1/search?q=app',
        '/api/v1/search?q=app',
      ]) {
        const { status } = await anonymous.get(path);
        if (status === 503) refused += 1;
      }
      await pause(200);
    }
    assert.ok(refused > 20, `${refused} requests were refused`);
    await eventually(async () => {
      for (const one of processes) {
        const lines = one.lines.filter(
          ({ msg }) => !/^(request|running jobs|Server listening.*)$/.test(String(msg)),
        );
        const texts = lines.map((line) => `${String(line.level)} ${String(line.msg)} ${String(line.source)}`);
        assert.equal(lines.length, 1, texts.join('\n'));
        assert.match(String(lines[0]!.msg), /^the database is unavailable: /);
      }
    });
  });
});
