import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { Database, sql } from '@central-index/platform/database';
import { testSecretKey } from '../support/database';
import { IndexUnderTest } from '../support/index-under-test';
import { grantedAccess, register } from '../support/token-fixtures';

const program = join(__dirname, '..', '..', 'apps', 'cli', 'src', 'main.js');

interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

describe('account commands', () => {
  let index: IndexUnderTest;
  beforeAll(async () => {
    index = await IndexUnderTest.start();
  });
  afterAll(() => index.stop());

  function run(args: readonly string[], input = ''): Promise<CommandResult> {
    const child = spawn(process.execPath, [program, ...args], {
      env: { PATH: process.env.PATH, DATABASE_URL: index.database.url, SECRET_KEY: testSecretKey },
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.stdin.end(input);
    return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
  }
  const assertFails = ({ code, stdout, stderr }: CommandResult, sentence: RegExp): void => {
    assert.notEqual(code, 0);
    assert.equal(stdout, '');
    assert.match(stderr, sentence);
    assert.equal(stderr.trim().split('\n').length, 1, stderr);
  };
  const administers = async (name: string): Promise<boolean> => {
    const actor = index.anonymous.basic(name, 'a fine long passphrase');
    // The official repository does not exist: administrators get 404, others 403.
    const { status } = await actor.delete('/api/v1/admin/official/not-there');
    assert.ok(status === 404 || status === 403, `${status}`);
    return status === 404;
  };

  it('create an administrator, whose password ends at the first line break', async () => {
    const created = await run(
      ['admin', 'create', 'olga', '--email', 'olga@example.org', '--password-stdin', '--json'],
      'a fine long passphrase\r\nsecond line\n',
    );
    assert.equal(created.code, 0, created.stderr);
    assert.deepEqual(JSON.parse(created.stdout), {
      name: 'olga',
      email: 'olga@example.org',
      administrator: true,
    });
    const me = await index.anonymous.basic('olga', 'a fine long passphrase').get('/api/v1/user');
    assert.equal(me.status, 200);
  });

  it('allow reserved names, but apply all other rules of sign-up', async () => {
    const create = (name: string, email: string, password: string): Promise<CommandResult> =>
      run(['admin', 'create', name, '--email', email, '--password-stdin'], password);
    assert.equal((await create('root', 'root@example.org', 'a fine long passphrase')).code, 0);
    assertFails(await create('olga', 'o@example.org', 'a fine long passphrase'), /olga is taken/);
    assertFails(await create('Bad.Name', 'o@example.org', 'a fine long passphrase'), /username/);
    assertFails(await create('rita', 'nowhere', 'a fine long passphrase'), /e-mail/);
    assertFails(await create('rita', 'rita@example.org', 'short'), /at least 10/);
    assertFails(await run(['admin', 'create', 'rita', '--email', 'r@example.org']), /--password-stdin/);
  });

  it('grant and revoke administration', async () => {
    await index.signUp('tom', 'a fine long passphrase');
    assert.equal(await administers('tom'), false);
    assert.equal((await run(['admin', 'grant', 'tom'])).code, 0);
    assert.equal(await administers('tom'), true);
    assert.equal((await run(['admin', 'revoke', 'tom'])).code, 0);
    assert.equal(await administers('tom'), false);
    assertFails(await run(['admin', 'grant', 'absent']), /account "absent" not found/);
  });

  it('unlock an account', async () => {
    const database = index.app.get(Database, { strict: false });
    await database.query(sql(`insert into password_failure (name, consecutive) values ('tom', 100)`));
    await database.query(sql('delete from sign_in_address'));
    const me = () => index.anonymous.basic('tom', 'a fine long passphrase ').get('/api/v1/user');
    assert.equal((await me()).status, 429);
    assert.equal((await run(['account', 'unlock', 'tom'])).code, 0);
    assert.equal((await me()).status, 401);
    assertFails(await run(['account', 'unlock', 'absent']), /account "absent" not found/);
  });

  it('create an invite, and record each command in the audit log', async () => {
    const { stdout } = await run(['invite', 'create', '--email', 'i@example.org', '--json']);
    const invite = JSON.parse(stdout) as { code: string; email: string; expires_at: string };
    assert.match(invite.code, /^[0-9A-Za-z]{24}$/);
    assert.equal(invite.email, 'i@example.org');
    const days = (Date.parse(invite.expires_at) - Date.now()) / 86_400_000;
    assert.ok(days > 6.9 && days <= 7);
    const events = await index.app
      .get(Database, { strict: false })
      .query(
        sql<{ action: string }>(`select distinct action from audit_event where actor = ':cli' order by 1`),
      );
    assert.deepEqual(
      events.map(({ action }) => action),
      [
        'account.unlocked',
        'administrator.created',
        'administrator.granted',
        'administrator.revoked',
        'invite.created',
      ],
    );
  });

  it('explain the token of any account, and print none', async () => {
    const owner = await index.signUp('vera');
    await register(index, { name: 'reg', url: 'http://localhost:23390' });
    assert.equal(await grantedAccess(owner, 'reg', 'repository:vera/app:push,pull'), 'vera/app pull,push');
    const explain = (...more: string[]): Promise<CommandResult> =>
      run(['token', 'explain', '--service', 'reg', '--scope', 'repository:vera/app:push,pull', ...more]);
    const forOwner = await explain('--account', 'vera');
    assert.equal(forOwner.code, 0, forOwner.stderr);
    assert.match(forOwner.stdout, /vera/);
    assert.match(forOwner.stdout, /push granted by \w+/);
    const forAnonymous = await explain();
    assert.match(forAnonymous.stdout, /push refused by namespaces/);
    const { stdout } = await explain('--account', 'vera', '--json');
    assert.deepEqual(Object.keys(JSON.parse(stdout)).includes('token'), false);
    for (const text of [forOwner.stdout, forAnonymous.stdout, stdout])
      assert.doesNotMatch(text, /eyJ|argon2/);
    const unknownService = await run(['token', 'explain', '--service', 'nowhere']);
    assert.deepEqual([unknownService.code, unknownService.stderr], [0, '']);
    assert.match(unknownService.stdout, /refused: unknown service/);
  });

  it('take the names of accounts and namespaces in capital letters', async () => {
    await index.signUp('carol');
    await index.signUp('dave');
    for (const [args, output] of [
      [['admin', 'grant', 'Carol'], /^carol is an administrator now$/],
      [['account', 'unlock', 'caRol'], /^carol is unlocked/],
      [['namespace', 'assign', 'Dave', '--to', 'Carol'], /^dave belongs to carol now$/],
      [['token', 'explain', '--account', 'Carol', '--service', 'central-index'], /^accounts: account carol/],
    ] as const) {
      const { code, stdout, stderr } = await run(args);
      assert.equal(code, 0, `${args.join(' ')}: ${stderr}`);
      assert.match(stdout.trim(), output);
    }
  });

  it('ask for the user name where an e-mail address is given', async () => {
    for (const args of [
      ['account', 'unlock', 'olga@example.org'],
      ['namespace', 'assign', 'olga', '--to', 'olga@example.org'],
      ['token', 'explain', '--account', 'olga@example.org', '--service', 'central-index'],
    ]) {
      assertFails(await run(args), /use the user name, not the e-mail address/);
    }
  });
});
