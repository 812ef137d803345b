import { createLogger } from '@central-index/platform/logging';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, it } from '@jest/globals';
import { Client } from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database';
import { eventually } from '../../../../test/support/eventually';
import { ChangeListener } from './change-listener';

it('a change listener leaves no connection open when it is destroyed while it connects', async () => {
  const database = await createTestDatabase();
  const client = new Client({ connectionString: database.url });
  await client.connect();
  const logger = createLogger({ level: 'fatal', format: 'json', role: 'test' });
  const changes = new ChangeListener({ url: database.url, role: 'hasty' }, logger);
  try {
    assert.equal(changes.isLive, false, 'reading it opens the connection');
    await changes.onModuleDestroy();
    const open = async (): Promise<number | null> => {
      const text = `select pg_sleep(0.005) from pg_stat_activity
                     where application_name like '%hasty%' and datname = current_database()`;
      return (await client.query(text)).rowCount;
    };
    // The server takes a moment to notice that the connection was closed.
    await eventually(async () => assert.equal(await open(), 0));
    for (let check = 0; check < 100; check += 1) assert.equal(await open(), 0, `check ${check}`);
  } finally {
    await changes.onModuleDestroy();
    await client.end();
    await database.drop();
  }
});

describe('a transaction that hid something', () => {
  const logger = createLogger({ level: 'fatal', format: 'json', role: 'test', to: 2 });
  let database: TestDatabase;
  let listeners: ChangeListener[];
  let clients: Client[];
  beforeEach(async () => {
    database = await createTestDatabase();
    [listeners, clients] = [[], []];
  });
  afterEach(async () => {
    for (const listener of listeners) await listener.onModuleDestroy();
    for (const client of clients) await client.end();
    await database.drop();
  });

  const listen = async (): Promise<ChangeListener> => {
    const listener = new ChangeListener({ url: database.url, role: 'server' }, logger);
    listeners.push(listener);
    await eventually(async () => assert.ok(listener.isLive));
    return listener;
  };
  const connect = async (name?: string): Promise<Client> => {
    const client = new Client({ connectionString: database.url, application_name: name });
    clients.push(client);
    await client.connect();
    return client;
  };
  // A process that receives notifications and confirms only when the test does it.
  const slowPeer = async (): Promise<{ request: Promise<string>; confirm(): Promise<unknown> }> => {
    const client = await connect('central-index server listener');
    await client.query('listen central_index_sync');
    const request = once(client, 'notification').then(([{ payload }]) => payload as string);
    return {
      request,
      async confirm() {
        const [channel, round] = (await request).split(':');
        return client.query('select pg_notify($1, $2)', [channel, `confirmed:${round}`]);
      },
    };
  };
  const notify = (client: Client, change: string): Promise<unknown> =>
    client.query('select pg_notify($1, $2)', ['central_index_change', change]);

  it('returns when every other process has received it', async () => {
    const [own, other] = [await listen(), await listen()];
    const received: (string | undefined)[] = [];
    other.subscribe((change) => received.push(change));
    const { hidingCount } = own;
    await notify(await connect(), ChangeListener.hidden);
    await own.waitForSync(hidingCount);
    assert.deepEqual(received, [ChangeListener.hidden]);
  });

  it('waits for the slowest process, but not longer than others may cache what was hidden', async () => {
    const [own, peers] = [await listen(), [await slowPeer(), await slowPeer()]];
    const client = await connect();
    const wait = async (): Promise<{ started: number; ended?: number; end: Promise<void> }> => {
      const { hidingCount } = own;
      await notify(client, ChangeListener.hidden);
      const state: { started: number; ended?: number; end: Promise<void> } = {
        started: performance.now(),
        end: own.waitForSync(hidingCount).then(() => void (state.ended = performance.now())),
      };
      return state;
    };
    const isUnconfirmed = ({ started, ended = Infinity }: { started: number; ended?: number }): boolean =>
      ended - started >= ChangeListener.maxHiddenAgeMs;

    const confirmed = await wait();
    await Promise.all(peers.map(({ request }) => request));
    await peers[0]!.confirm();
    await client.query('select 1');
    assert.ok(isUnconfirmed(confirmed), 'one of two has confirmed');
    await peers[1]!.confirm();
    await confirmed.end;

    const unconfirmed = await wait();
    await unconfirmed.end;
    assert.ok(isUnconfirmed(unconfirmed), 'none has confirmed');
  });

  it('does not wait for other processes when nothing was hidden', async () => {
    const [own, peer] = [await listen(), await slowPeer()];
    const { hidingCount } = own;
    await notify(await connect(), 'repository:alice/app');
    await own.waitForSync(hidingCount);
    const outcome = await Promise.race([peer.request, Promise.resolve('no request')]);
    assert.equal(outcome, 'no request');
  });

  it('lets the time of caches pass when its own process receives nothing', async () => {
    const own = await listen();
    await own.onModuleDestroy();
    const started = performance.now();
    await own.waitForSync();
    assert.ok(performance.now() - started >= ChangeListener.maxHiddenAgeMs);
  });
});
