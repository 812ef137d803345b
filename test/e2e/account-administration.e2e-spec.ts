import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { ImportService } from '@central-index/repositories';
import { runCommand } from '../support/cli';
import type { Actor, JsonValue } from '../support/client';
import { eventually } from '../support/eventually';
import { IndexUnderTest } from '../support/index-under-test';
import { createAdministrator } from '../support/users';

async function* lines(...rows: object[]): AsyncGenerator<Uint8Array> {
  for (const row of rows) yield Buffer.from(`${JSON.stringify(row)}\n`);
}

describe('commands that manage accounts, namespaces and official repositories', () => {
  let index: IndexUnderTest;
  let alice: Actor;
  beforeAll(async () => {
    index = await IndexUnderTest.start();
    await createAdministrator(index, 'olga');
    alice = await index.signUp('alice');
    await index.signUp('bob');
  });
  afterAll(() => index.stop());

  const run = (...args: string[]) => runCommand(index, ...args);
  const json = async (...args: string[]): Promise<JsonValue> => {
    const { code, stdout, stderr } = await run(...args, '--json');
    assert.deepEqual([code, stderr], [0, ''], args.join(' '));
    return JSON.parse(stdout);
  };
  const fails = async (code: number, sentence: RegExp, ...args: string[]): Promise<void> => {
    const result = await run(...args);
    assert.deepEqual([result.code, result.stdout], [code, ''], args.join(' '));
    assert.match(result.stderr, sentence);
    assert.equal(result.stderr.trim().split('\n').length, 1, result.stderr);
  };
  const status = async (actor: Actor): Promise<number> => (await actor.get('/api/v1/user')).status;
  const namesOf = (list: JsonValue, key: string): string[] =>
    (list as Record<string, string>[]).map((one) => one[key]!);

  it('list accounts as the API returns them, newest first', async () => {
    const list = await json('account', 'list');
    assert.deepEqual(namesOf(list, 'username'), ['bob', 'alice', 'olga']);
    const olga = index.anonymous.basic('olga', 'a long password of olga');
    assert.deepEqual(list, (await olga.get('/api/v1/admin/users')).json.items);
    assert.deepEqual(namesOf(await json('account', 'list', '--limit', '2'), 'username'), ['bob', 'alice']);
    const { stdout } = await run('account', 'list');
    assert.match(stdout, /^bob .*\nalice .*alice@example\.org\nolga .*administrator\n$/);
  });

  it('show an account with its namespaces and what it uses', async () => {
    await alice.post('/api/v1/user/tokens', { label: 't', permissions: ['pull'], repositories: ['*/*'] });
    await index.anonymous.post('/api/v1/login', { username: 'alice', password: 'a long password of alice' });
    const shown = await json('account', 'show', 'alice');
    assert.deepEqual(
      [shown.username, shown.namespaces, shown.access_tokens, shown.sessions, shown.locked, shown.disabled],
      ['alice', ['alice'], 1, 1, false, false],
    );
    assert.match((await run('account', 'show', 'alice')).stdout, /^name {11}alice\nstate {10}active\n/);
    await fails(1, /^central-index: account "nosuch" not found$/m, 'account', 'show', 'nosuch');
  });

  it('disable and enable an account', async () => {
    const login = await index.anonymous.post('/api/v1/login', {
      username: 'bob',
      password: 'a long password of bob',
    });
    const session = index.anonymous.with({ cookie: login.setCookie[0]!.split(';', 1)[0]! });
    const bob = index.anonymous.basic('bob', 'a long password of bob');
    assert.deepEqual([await status(session), await status(bob)], [200, 200]);
    assert.equal((await json('account', 'disable', 'Bob')).disabled, true);
    assert.deepEqual([await status(session), await status(bob)], [401, 401]);
    assert.equal((await json('account', 'enable', 'bob')).disabled, false);
    assert.deepEqual([await status(session), await status(bob)], [401, 200], 'sessions do not come back');
  });

  it('delete an account, which is permanent', async () => {
    await index.signUp('carol');
    assert.deepEqual(await json('account', 'delete', 'carol'), { username: 'carol', deleted: true });
    const carol = index.anonymous.basic('carol', 'a long password of carol');
    assert.equal(await status(carol), 401);
    await fails(1, /^central-index: the account "carol" was deleted/, 'account', 'enable', 'carol');
    assert.match((await run('account', 'list')).stdout, /^carol .* - {2}deleted$/m);
  });

  it('list namespaces, also by owner', async () => {
    assert.deepEqual(namesOf(await json('namespace', 'list'), 'name'), [
      'alice',
      'bob',
      'carol',
      'library',
      'olga',
    ]);
    const [own, ...others] = await json('namespace', 'list', '--owner', 'alice');
    assert.deepEqual(
      [own.name, own.owner, own.origin, own.default_visibility, others.length],
      ['alice', 'alice', 'sign-up', 'public', 0],
    );
    // The namespace of a deleted account loses its owner by a job.
    assert.match((await run('namespace', 'list', '--unowned')).stdout, /^(carol +-\n)?library +-\n$/);
    await fails(2, /cannot be used with .*--help/, 'namespace', 'list', '--unowned', '--owner', 'alice');
  });

  it('list official repositories', async () => {
    assert.match((await run('official', 'list')).stdout, /^no official repositories yet/);
    assert.deepEqual(await json('official', 'list'), []);
    await run('official', 'add', 'centos', '--description', 'The official build of CentOS.');
    const [centos] = await json('official', 'list');
    assert.deepEqual(
      [centos.name, centos.description, centos.registry, centos.pushed_at],
      ['centos', 'The official build of CentOS.', null, null],
    );
  });

  it('search as an account', async () => {
    // Imported repositories have images, without which search finds none.
    const imports = index.app.get(ImportService, { strict: false });
    await imports.run(lines({ namespace: 'acme', name: 'app', description: 'x' }), {
      actor: { name: ':cli' },
    });
    await run('namespace', 'assign', 'acme', '--to', 'alice');
    assert.equal((await alice.patch('/api/v1/repositories/acme/app', { visibility: 'private' })).status, 200);
    await eventually(async () => {
      assert.equal((await alice.get('/api/v1/search?q=app')).json.items[0]?.visibility, 'private');
    });
    const query = async (...args: string[]): Promise<string[]> =>
      namesOf((await json('search', 'query', 'app', ...args)).items, 'full_name');
    assert.deepEqual(await query(), []);
    assert.deepEqual(await query('--as', 'alice', '--limit', '1', '--namespace', 'acme'), ['acme/app']);
    assert.deepEqual(await query('--as', 'alice', '--page', '2'), []);
    assert.deepEqual(await query('--as', 'bob'), []);
    await fails(1, /account "nosuch" not found/, 'search', 'query', 'app', '--as', 'nosuch');
    await fails(2, /Allowed choices are relevance, stars, pulls/, 'search', 'query', 'a', '--sort', 'name');
    await fails(2, /Allowed choices are image, index/, 'search', 'query', 'a', '--kind', 'iso');
    await fails(
      2,
      /whole number from 1 to 100; `.*search query --help`/,
      'search',
      'query',
      'a',
      '--limit',
      '0',
    );
  });

  it('search in the order and by the filters of the API', async () => {
    const imports = index.app.get(ImportService, { strict: false });
    const row = (name: string, stars: number, pulls: number, automated = false): object => {
      return { namespace: 'sorted', name, star_count: stars, pull_count: pulls, is_automated: automated };
    };
    const rows = [row('one', 3, 10), row('two', 1, 30, true), row('three', 2, 20)];
    await imports.run(lines(...rows), { actor: { name: ':cli' } });
    const query = async (...args: string[]): Promise<string> =>
      namesOf((await json('search', 'query', ...args)).items, 'name').join(' ');
    await eventually(async () =>
      assert.equal(await query('--namespace', 'sorted', '--sort', 'stars'), 'one three two'),
    );
    assert.equal(await query('sorted/', '--sort', 'pulls'), 'two three one');
    assert.equal(await query('sorted/', '--automated'), 'two');
    assert.equal(await query('sorted/', '--stars', '2', '--sort', 'pulls'), 'three one');
    assert.equal(await query('sorted/', '--kind', 'helm-chart'), '');
    assert.equal(await query('--sort', 'stars', '--official'), '');
    assert.equal(await query(), '', 'without a query, a filter or an order there is nothing to list');
  });

  it('print errors in the format of the API with --json', async () => {
    const failed = await run('registry', 'events', 'nosuch', '--json');
    assert.deepEqual([failed.code, failed.stdout], [1, '']);
    assert.deepEqual(JSON.parse(failed.stderr), {
      errors: [{ code: 'NOT_FOUND', message: 'registry "nosuch" not found', detail: null }],
    });
    const misspelt = await run('account', 'lst', '--json');
    const { errors } = JSON.parse(misspelt.stderr) as { errors: { code: string; message: string }[] };
    assert.deepEqual([misspelt.code, misspelt.stdout, errors[0]!.code], [2, '', 'USAGE']);
    assert.match(errors[0]!.message, /`central-index account --help`/);
    const help = await run('account', '--help');
    assert.deepEqual([help.code, help.stderr], [0, '']);
  });
});
