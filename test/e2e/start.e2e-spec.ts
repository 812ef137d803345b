import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, it } from '@jest/globals';
import { openEmbedded } from '@central-index/platform/embedded-postgres';
import { Client } from 'pg';
import { eventually } from '../support/eventually';
import { ProductFixture, type CommandResult, type RunningProduct } from '../support/product';
import { describeUnless, diagnostic } from '../support/jest';

/** Asserts a failure with a non-zero exit code and one sentence, without a stack trace. */
function assertFails({ code, stderr }: CommandResult, sentence: RegExp): void {
  assert.equal(code, 1);
  assert.match(stderr, sentence);
  assert.equal(stderr.trim().split('\n').length, 1, stderr);
  assert.doesNotMatch(stderr, /\n\s+at /);
}

async function query(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

/** Prints a duration, which depends on the load of the machine, and fails only at a generous limit. */
function printDuration(milliseconds: number): void {
  diagnostic(`ready after ${Math.round(milliseconds)} ms`);
}

const skip = existsSync('/proc/self/environ')
  ? false
  : 'needs /proc to find the processes of a killed product';

describeUnless(skip, 'start', () => {
  let fixture: ProductFixture;
  let product: RunningProduct;
  beforeAll(async () => (fixture = await ProductFixture.create()));
  afterAll(() => fixture.remove());

  const recordedChildren = (): number[] =>
    readFileSync(join(fixture.dataDir, 'start.children'), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((identity) => Number.parseInt(identity, 10));
  const assertServing = async (): Promise<void> => {
    assert.equal((await product.anonymous.get('/readyz')).status, 200);
  };
  const processesOf = (pattern: RegExp): number[] =>
    fixture.processes().flatMap(({ pid, command }) => (pattern.test(command) ? [pid] : []));

  it('makes other commands fail while there is no database, and these create none', async () => {
    assertFails(await fixture.run(['migrate', '--check']), /no database .* `npm start` first/);
    assertFails(await fixture.run(['server']), /no database .* `npm start` first/);
    assert.equal(existsSync(fixture.dataDir), false);
  });

  it('is ready on an empty folder, and prints its address, the data folder and the next steps', async () => {
    product = fixture.start();
    const { banner, milliseconds } = await product.ready();
    printDuration(milliseconds);
    assert.match(banner, new RegExp(`listens on http://localhost:${fixture.port}\\.`));
    assert.match(banner, new RegExp(`embedded PostgreSQL .* ${fixture.dataDir}`));
    assert.match(banner, /npx central-index admin create/);
    assert.match(banner, /npx central-index registry add/);
    assert.equal(statSync(join(fixture.dataDir, 'secret-key')).mode & 0o777, 0o600);
    await assertServing();
  });

  it('rejects a second start on the same data, and continues to serve', async () => {
    assertFails(
      await fixture.run(['start'], { PORT: '1' }),
      /is in use by another `central-index start` \(process \d+\)/,
    );
    await assertServing();
  });

  it('lets other commands share its database', async () => {
    const { code, stdout } = await fixture.run(['migrate', '--check', '--json']);
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(stdout), { state: 'current', pending: [] });
    await assertServing();
  });

  it('restarts a server and a worker that die', async () => {
    const before = recordedChildren();
    assert.equal(before.length, 3);
    const [server, , worker] = before;
    process.kill(server!, 'SIGKILL');
    process.kill(worker!, 'SIGKILL');
    await eventually(async () => {
      const now = recordedChildren();
      assert.equal(now.length, 3);
      assert.ok(!now.includes(server!) && !now.includes(worker!));
      for (const pid of now)
        assert.ok(product.hasPrinted(new RegExp(`(server|worker) ${pid} is ready`)), `${pid}`);
    }, 30_000);
    await assertServing();
  });

  it('restarts PostgreSQL when it dies, without restarting the servers', async () => {
    const servers = recordedChildren();
    const [postmaster] = processesOf(/postgres -D/);
    process.kill(postmaster!, 'SIGKILL');
    await eventually(async () => assert.notDeepEqual(processesOf(/postgres -D/), [postmaster]), 30_000);
    await eventually(assertServing, 30_000);
    assert.deepEqual(recordedChildren(), servers);
  });

  it('stops on SIGTERM with code 0 and leaves no process behind', async () => {
    const { code } = await product.stop();
    assert.equal(code, 0);
    assert.deepEqual(fixture.processes(), []);
    assert.equal(existsSync(join(fixture.dataDir, 'start.lock')), false);
  });

  it('serves for DRAIN_SECONDS after SIGTERM, while /readyz says that it stops', async () => {
    const draining = fixture.start(['start'], { DRAIN_SECONDS: '3' });
    await draining.ready();
    assert.equal((await draining.anonymous.get('/readyz')).status, 200);
    const start = performance.now();
    draining.signal('SIGTERM');
    await eventually(async () => assert.equal((await draining.anonymous.get('/readyz')).status, 503), 2_500);
    const search = await draining.anonymous.get('/api/v1/search?q=app');
    assert.equal(search.status, 200, 'requests that balancers still send are answered');
    const { code } = await draining.result;
    assert.equal(code, 0);
    assert.ok(performance.now() - start >= 3_000, `it ended after ${performance.now() - start} ms`);
  });

  it('is ready again on existing data', async () => {
    product = fixture.start();
    const { milliseconds } = await product.ready();
    printDuration(milliseconds);
    await assertServing();
  });

  it('starts after kill -9 of the supervisor, even if a suspended child remains', async () => {
    const before = recordedChildren();
    process.kill(before[0]!, 'SIGSTOP');
    await product.kill();
    product = fixture.start();
    const { milliseconds } = await product.ready();
    printDuration(milliseconds);
    const pids = fixture.processes().map(({ pid }) => pid);
    assert.deepEqual(
      before.filter((pid) => pids.includes(pid)),
      [],
    );
    await assertServing();
  });

  it('starts after kill -9 of all processes', async () => {
    for (const { pid } of fixture.processes()) process.kill(pid, 'SIGKILL');
    await product.kill();
    product = fixture.start();
    const { milliseconds } = await product.ready();
    printDuration(milliseconds);
    await assertServing();
  });

  it('stops the database when the supervisor was killed and no other start follows', async () => {
    await product.kill();
    await eventually(async () => assert.deepEqual(fixture.processes(), []), 30_000);
  });

  it('fails on a port in use, and changes nothing', async () => {
    const other = createServer().listen(fixture.port, '127.0.0.1');
    await once(other, 'listening');
    try {
      assertFails(
        await fixture.run(['start']),
        new RegExp(`cannot listen on 127.0.0.1:${fixture.port}: .* in use`),
      );
    } finally {
      other.close();
    }
    assert.deepEqual(fixture.processes(), []);
  });

  it('fails on an invalid configuration, and names every variable', async () => {
    const result = await fixture.run(['start'], { PORT: 'http', TOKEN_TTL: '1', SIGN_UP: 'sometimes' });
    assertFails(result, /PORT.*SIGN_UP.*TOKEN_TTL/);
  });

  it('fails with a SECRET_KEY other than the one that sealed the data', async () => {
    const SECRET_KEY = 'nB4yTq8Wz1Lk6Rv3Xc9Mh5Jd2Gf7Ps0A';
    assertFails(await fixture.run(['start'], { SECRET_KEY }), /SECRET_KEY is not the key/);
    assert.deepEqual(fixture.processes(), []);
  });

  it('fails on a database of a newer version', async () => {
    const database = await openEmbedded({ dataDir: fixture.dataDir, create: false, log: () => undefined });
    await query(database.url, `insert into schema_requirement values ('of-the-future', 9999999999999)`);
    await database.close();
    assertFails(await fixture.run(['start']), /from a newer version/);
    assertFails(await fixture.run(['migrate']), /from a newer version/);
    assertFails(await fixture.run(['worker']), /from a newer version/);
    assert.deepEqual(fixture.processes(), []);
  });
});

describeUnless(skip, 'start with DATABASE_URL', () => {
  let fixture: ProductFixture;
  let server: Awaited<ReturnType<typeof openEmbedded>>;
  beforeAll(async () => {
    fixture = await ProductFixture.create();
    server = await openEmbedded({
      dataDir: join(fixture.dataDir, '..', 'server'),
      create: true,
      log: () => undefined,
    });
  });
  afterAll(async () => {
    await server.close();
    await fixture.remove();
  });

  it('generates a SECRET_KEY while the database has no sealed data', async () => {
    const product = fixture.start(['start'], { DATABASE_URL: server.url });
    const { banner } = await product.ready();
    assert.match(banner, /the PostgreSQL of DATABASE_URL/);
    assert.equal((await product.stop()).code, 0);
    assert.equal(existsSync(join(fixture.dataDir, 'secret-key')), true);
    assert.equal(existsSync(join(fixture.dataDir, 'database')), false);
  });

  it('requires the SECRET_KEY once the database has sealed data', async () => {
    rmSync(fixture.dataDir, { recursive: true });
    assertFails(
      await fixture.run(['start'], { DATABASE_URL: server.url }),
      /SECRET_KEY or SECRET_KEY_FILE must be set/,
    );
  });

  it('fails with one sentence, without the password, when the database is unreachable', async () => {
    const result = await fixture.run(['start'], {
      DATABASE_URL: 'postgres://index:hidden@127.0.0.1:1/index',
    });
    assertFails(result, /the database cannot be reached/);
    assert.doesNotMatch(result.stderr + result.stdout, /hidden/);
  });
});
