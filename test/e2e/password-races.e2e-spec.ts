import { Database, sql } from '@central-index/platform/database';
import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { AccountLock } from '../support/account-lock';
import type { Actor, HttpResponse } from '../support/client';
import { IndexUnderTest } from '../support/index-under-test';
import { postToken, register } from '../support/token-fixtures';

// The interleaving is forced, so that every round can fail; RACE_ROUNDS sets another number.
const rounds = Number(process.env.RACE_ROUNDS ?? 10);

/** Writes that follow from a password: each is pending with the former one while it is changed. */
interface Write {
  /** What the request needs; runs before the password changes. */
  readonly prepare?: () => Promise<unknown>;
  readonly send: (password: string) => Promise<HttpResponse>;
}

describe('a change of the password (S32)', () => {
  let index: IndexUnderTest;
  let lock: AccountLock;
  let browser: Actor;
  let id: string;
  let changes = 0;
  const password = (number = changes): string => `phrase number ${number} of alice`;
  const alice = (secret = password()): Actor => index.anonymous.basic('alice', secret);
  const tokenBody = { label: 'ci', permissions: ['pull'], repositories: ['alice/*'] };

  beforeAll(async () => {
    index = await IndexUnderTest.start({ RATE_LIMITS: 'off' });
    await register(index, { name: 'reg', url: 'http://localhost:23369' });
    await index.signUp('alice', password());
    lock = await AccountLock.connect(index.database.url);
  });
  afterAll(async () => {
    await lock.close();
    await index.stop();
  });

  const rows = async (text: string): Promise<unknown> =>
    index.app.get(Database, { strict: false }).query(sql<Record<string, unknown>>(text));
  // What an account stores, and what its owner sees of it.
  const stored = async (): Promise<unknown> => [
    await rows('select name, email, email_verified_at, disabled_at from account'),
    await rows('select id, label, expires_at, revoked_at from access_token order by id'),
    await rows('select id from session'),
    await rows('select id from refresh_token'),
  ];
  const login = (secret: string): Promise<HttpResponse> =>
    index.anonymous.post('/api/v1/login', { username: 'alice', password: secret });
  const signInBrowser = async (): Promise<void> => {
    const [cookie] = (await login(password())).setCookie;
    browser = index.anonymous.with({ cookie: cookie!.split(';', 1)[0]! });
  };
  const createToken = async (): Promise<void> => {
    await rows('delete from access_token');
    id = (await alice().post('/api/v1/user/tokens', tokenBody)).json.id as string;
  };
  const loginOfDocker = '/token?service=reg&client_id=docker&offline_token=true';

  const writes: Readonly<Record<string, Write>> = {
    'a session': { send: login },
    'an access token': { send: (secret) => alice(secret).post('/api/v1/user/tokens', tokenBody) },
    'an access token, from a session': {
      prepare: signInBrowser,
      send: () => browser.post('/api/v1/user/tokens', tokenBody),
    },
    'a revocation of an access token': {
      prepare: createToken,
      send: (secret) => alice(secret).delete(`/api/v1/user/tokens/${id}`),
    },
    'a refresh token (GET)': { send: (secret) => alice(secret).get(loginOfDocker) },
    'a refresh token (POST)': {
      send: (secret) =>
        postToken(index.anonymous, 'reg', {
          grant_type: 'password',
          access_type: 'offline',
          username: 'alice',
          password: secret,
        }),
    },
    'another change of the password': {
      send: (current_password) =>
        alice(current_password).patch('/api/v1/user', {
          password: 'the phrase of mallory',
          current_password,
        }),
    },
    'another change of the password, from a session': {
      prepare: signInBrowser,
      send: (current_password) =>
        browser.patch('/api/v1/user', { password: 'the phrase of mallory', current_password }),
    },
    'a change of the e-mail address': {
      send: (secret) => alice(secret).patch('/api/v1/user', { email: `mallory${changes}@example.org` }),
    },
    'the deletion of the account': {
      send: (secret) => alice(secret).delete('/api/v1/user', { password: secret }),
    },
  };

  for (const [what, { prepare, send }] of Object.entries(writes)) {
    it(`refuses ${what} that is pending with the former one, ${rounds} times of ${rounds}`, async () => {
      const successes: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        await rows('delete from access_token');
        // From now on both requests are authenticated without a write that waits for the row.
        assert.equal((await alice().get('/api/v1/user')).status, 200);
        await prepare?.();
        await lock.hold('alice');
        const changing = alice().patch('/api/v1/user', {
          password: password(changes + 1),
          current_password: password(),
        });
        await lock.waitForWaiting(1);
        const writing = send(password());
        await lock.waitForWaiting(2);
        // The change continues first, because it has waited longer.
        await lock.release();
        assert.equal((await changing).status, 200);
        changes += 1;
        const { status } = await writing;
        if (status < 300) successes.push(round);
        else assert.ok(status === 401 || status === 404, `${status}`);
        const [[account], tokens, sessions, refreshTokens] = (await stored()) as [
          { email: string }[],
          ...unknown[][],
        ];
        assert.deepEqual([account!.email, sessions, refreshTokens], ['alice@example.org', [], []]);
        assert.equal(tokens!.length, prepare === createToken ? 1 : 0);
      }
      assert.deepEqual(successes, []);
      assert.equal((await alice().get('/api/v1/user')).status, 200, 'the first change holds');
    });
  }
});
