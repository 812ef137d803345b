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

/** A refusal: not zero, one sentence for the operator, no stack trace. */
function assertRefused({ code, stderr }: CommandResult, sentence: RegExp): void {
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

/** Times depend on what else the machine does: they are printed, and only what never ends fails. */
function figure(milliseconds: number): void {
  diagnostic(`ready after ${Math.round(milliseconds)} ms`);
}

const skip = existsSync('/proc/self/environ')
  ? false
  : 'needs /proc to find what is left of a killed product';

describeUnless(skip, 'start', () => {
  let place: ProductFixture;
  let product: RunningProduct;
  beforeAll(async () => (place = await ProductFixture.create()));
  afterAll(() => place.remove());

  const recordedChildren = (): number[] =>
    readFileSync(join(place.dataDir, 'start.children'), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((identity) => Number.parseInt(identity, 10));
  const assertServing = async (): Promise<void> => {
    assert.equal((await product.anonymous.get('/readyz')).status, 200);
  };
  const processesOf = (what: RegExp): number[] =>
    place.processes().flatMap(({ pid, command }) => (what.test(command) ? [pid] : []));

  it('other commands say that there is no database yet, and make none', async () => {
    assertRefused(await place.run(['migrate', '--check']), /no database .* `npm start` first/);
    assertRefused(await place.run(['server']), /no database .* `npm start` first/);
    assert.equal(existsSync(place.dataDir), false);
  });

  it('is ready on an empty folder and says where it listens, where the data lies and what comes next', async () => {
    product = place.start();
    const { banner, milliseconds } = await product.ready();
    figure(milliseconds);
    assert.match(banner, new RegExp(`listens on http://localhost:${place.port}\\.`));
    assert.match(banner, new RegExp(`embedded PostgreSQL .* ${place.dataDir}`));
    assert.match(banner, /npx central-index admin create/);
    assert.match(banner, /npx central-index registry add/);
    assert.equal(statSync(join(place.dataDir, 'secret-key')).mode & 0o777, 0o600);
    await assertServing();
  });

  it('refuses a second start on the same data, and goes on serving', async () => {
    assertRefused(
      await place.run(['start'], { PORT: '1' }),
      /is held by another `central-index start` \(process \d+\)/,
    );
    await assertServing();
  });

  it('lets other commands share its database', async () => {
    const { code, stdout } = await place.run(['migrate', '--check', '--json']);
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(stdout), { state: 'current', pending: [] });
    await assertServing();
  });

  it('replaces a server and a worker that die', async () => {
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

  it('starts PostgreSQL again when it dies, beneath the same servers', async () => {
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
    assert.deepEqual(place.processes(), []);
    assert.equal(existsSync(join(place.dataDir, 'start.lock')), false);
  });

  it('is ready again on existing data', async () => {
    product = place.start();
    const { milliseconds } = await product.ready();
    figure(milliseconds);
    await assertServing();
  });

  it('takes over after kill -9 of the supervisor, even from a child that hangs', async () => {
    const left = recordedChildren();
    process.kill(left[0]!, 'SIGSTOP');
    await product.kill();
    product = place.start();
    const { milliseconds } = await product.ready();
    figure(milliseconds);
    const pids = place.processes().map(({ pid }) => pid);
    assert.deepEqual(
      left.filter((pid) => pids.includes(pid)),
      [],
    );
    await assertServing();
  });

  it('takes over after kill -9 of everything', async () => {
    for (const { pid } of place.processes()) process.kill(pid, 'SIGKILL');
    await product.kill();
    product = place.start();
    const { milliseconds } = await product.ready();
    figure(milliseconds);
    await assertServing();
  });

  it('stops the database by itself when the supervisor was killed and nobody takes over', async () => {
    await product.kill();
    await eventually(async () => assert.deepEqual(place.processes(), []), 30_000);
  });

  it('refuses a port in use, and touches nothing', async () => {
    const other = createServer().listen(place.port, '127.0.0.1');
    await once(other, 'listening');
    try {
      assertRefused(
        await place.run(['start']),
        new RegExp(`cannot listen on 127.0.0.1:${place.port}: .* in use`),
      );
    } finally {
      other.close();
    }
    assert.deepEqual(place.processes(), []);
  });

  it('refuses a wrong configuration and names every variable', async () => {
    const ending = await place.run(['start'], { PORT: 'http', TOKEN_TTL: '1', SIGN_UP: 'sometimes' });
    assertRefused(ending, /PORT.*SIGN_UP.*TOKEN_TTL/);
  });

  it('refuses a SECRET_KEY that the data was not sealed with', async () => {
    const SECRET_KEY = 'nB4yTq8Wz1Lk6Rv3Xc9Mh5Jd2Gf7Ps0A';
    assertRefused(await place.run(['start'], { SECRET_KEY }), /SECRET_KEY is not the key/);
    assert.deepEqual(place.processes(), []);
  });

  it('refuses a database from a newer version', async () => {
    const database = await openEmbedded({ dataDir: place.dataDir, create: false, log: () => undefined });
    await query(database.url, `insert into schema_requirement values ('of-the-future', 9999999999999)`);
    await database.close();
    assertRefused(await place.run(['start']), /from a newer version/);
    assertRefused(await place.run(['migrate']), /from a newer version/);
    assertRefused(await place.run(['worker']), /from a newer version/);
    assert.deepEqual(place.processes(), []);
  });
});

describeUnless(skip, 'start with DATABASE_URL', () => {
  let place: ProductFixture;
  let server: Awaited<ReturnType<typeof openEmbedded>>;
  beforeAll(async () => {
    place = await ProductFixture.create();
    server = await openEmbedded({
      dataDir: join(place.dataDir, '..', 'server'),
      create: true,
      log: () => undefined,
    });
  });
  afterAll(async () => {
    await server.close();
    await place.remove();
  });

  it('makes a SECRET_KEY while nothing is sealed with one', async () => {
    const product = place.start(['start'], { DATABASE_URL: server.url });
    const { banner } = await product.ready();
    assert.match(banner, /the PostgreSQL that DATABASE_URL names/);
    assert.equal((await product.stop()).code, 0);
    assert.equal(existsSync(join(place.dataDir, 'secret-key')), true);
    assert.equal(existsSync(join(place.dataDir, 'database')), false);
  });

  it('asks for the SECRET_KEY once something is', async () => {
    rmSync(place.dataDir, { recursive: true });
    assertRefused(
      await place.run(['start'], { DATABASE_URL: server.url }),
      /SECRET_KEY or SECRET_KEY_FILE must be set/,
    );
  });

  it('says in one sentence, without the password, that the database cannot be reached', async () => {
    const ending = await place.run(['start'], { DATABASE_URL: 'postgres://index:hidden@127.0.0.1:1/index' });
    assertRefused(ending, /the database cannot be reached/);
    assert.doesNotMatch(ending.stderr + ending.stdout, /hidden/);
  });
});
