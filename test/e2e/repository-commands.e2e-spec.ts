import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import type { Actor } from '../support/client';
import { testSecretKey } from '../support/database';
import { eventually } from '../support/eventually';
import { IndexUnderTest } from '../support/index-under-test';
import { ProductFixture, type CommandResult } from '../support/product';

describe('commands official, import and namespace', () => {
  let index: IndexUnderTest;
  let alice: Actor;
  let cli: ProductFixture;
  let folder: string;
  beforeAll(async () => {
    index = await IndexUnderTest.start();
    alice = await index.signUp('alice');
    cli = await ProductFixture.create();
    folder = mkdtempSync(join(tmpdir(), 'commands-'));
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await cli.remove();
    await index.stop();
  });

  const run = (...args: string[]): Promise<CommandResult> =>
    cli.run(args, { DATABASE_URL: index.database.url, SECRET_KEY: testSecretKey });
  const file = (name: string, content: string | Buffer): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  const assertFails = async (pattern: RegExp, ...args: string[]): Promise<void> => {
    const { code, stdout, stderr } = await run(...args);
    assert.notEqual(code, 0);
    assert.equal(stdout, '');
    assert.match(stderr, pattern);
    assert.equal(stderr.trim().split('\n').length, 1, stderr);
  };

  it('add, describe and remove official repositories', async () => {
    const added = await run('official', 'add', 'centos', '--description', 'The official build of CentOS.');
    assert.deepEqual([added.code, added.stderr], [0, '']);
    const { json } = await index.anonymous.get('/api/v1/repositories/library/centos');
    assert.deepEqual([json.full_name, json.description], ['centos', 'The official build of CentOS.']);
    const again = await run('official', 'add', 'centos', '--json');
    assert.deepEqual(JSON.parse(again.stdout), {
      name: 'centos',
      description: 'The official build of CentOS.',
      added: false,
    });
    assert.equal((await run('official', 'remove', 'centos')).code, 0);
    await assertFails(/official repository "centos" not found/, 'official', 'remove', 'centos');
    await assertFails(/name/, 'official', 'add', 'No Name');
  });

  it('import official repositories', async () => {
    const lines = ['adminer', 'aerospike'].map((name) =>
      JSON.stringify({ name, short_description: name, tags_count: 1 }),
    );
    const result = await run('official', 'import', file('official.jsonl', lines.join('\n')), '--json');
    const { rows, added, invalid } = JSON.parse(result.stdout);
    assert.deepEqual([result.code, rows, added, invalid], [0, 2, 2, 0]);
  });

  it('import a compressed file of many chunks, whose rows search then finds', async () => {
    const lines = Array.from({ length: 20_000 }, (_, n) =>
      JSON.stringify({
        namespace: `n${n % 977}`,
        name: `r${n}`,
        description: `row ${n} ${Math.random()}`,
        star_count: n,
      }),
    );
    const path = file('many.data', gzipSync([...lines, 'no json'].join('\n')));
    const first = await run('import', path);
    assert.deepEqual([first.code, first.stderr], [3, '']);
    assert.match(
      first.stdout,
      /^20001 rows .*: 20000 added, 0 changed, 0 unchanged\n1 invalid .*\n {2}line 20001: /,
    );
    const second = JSON.parse((await run('import', path, '--json')).stdout);
    assert.deepEqual([second.rows, second.unchanged, second.errors[0].line], [20_001, 20_000, 20_001]);
    await eventually(async () => {
      const { json } = await index.anonymous.get('/api/v1/search?q=n976/r976');
      assert.equal(json.items[0]?.full_name ?? json.items[0]?.name, 'n976/r976');
    }, 20_000);
  });

  it('list the rows that were skipped, and exit with 3 only if some were invalid', async () => {
    const row = (name: string): string => JSON.stringify({ namespace: 'skip', name });
    const path = file('skipped.jsonl', [row('a'), row('b'), '', row('a'), 'no json', row('b')].join('\n'));
    const text = await run('import', path);
    assert.equal(text.code, 3);
    assert.match(
      text.stdout,
      /\n2 repeated names were skipped:\n {2}line 4: skip\/a is on line 1 already\n {2}line 6: skip\/b is on line 2 already\n1 invalid rows were skipped:\n {2}line 5: is not a JSON object\n$/,
    );
    const json = await run('import', path, '--json');
    assert.equal(json.code, 3);
    const { invalid, errors, repeated, repeated_rows: repeatedRows } = JSON.parse(json.stdout);
    assert.deepEqual([invalid, errors], [1, [{ line: 5, reason: 'is not a JSON object' }]]);
    assert.deepEqual([repeated, repeatedRows[0]], [2, { line: 4, path: 'skip/a', first_line: 1 }]);
    const official = file(
      'official.skipped',
      ['{"name":"alpine"}', '{"name":"alpine"}', '{"name":7}'].join('\n'),
    );
    const third = await run('official', 'import', official);
    assert.equal(third.code, 3);
    assert.match(third.stdout, /line 2: library\/alpine is on line 1 already\n.*\n {2}line 3: /);
    assert.equal((await run('import', file('twice.jsonl', [row('a'), row('a')].join('\n')))).code, 0);
  });

  it('print one line about an unreadable file', async () => {
    await assertFails(/none\.jsonl cannot be read/, 'import', join(folder, 'none.jsonl'));
    await assertFails(/cannot be read/, 'import', folder);
    const truncated = file('cut.gz', gzipSync(Buffer.from('{}\n'.repeat(100_000))).subarray(0, 200));
    await assertFails(/cut\.gz cannot be read/, 'import', truncated);
    assert.match((await run('import', file('empty', ''))).stdout, /^0 rows/);
  });

  it('assign an imported namespace to an account', async () => {
    await run('import', file('acme.jsonl', '{"namespace":"acme","name":"web","description":"Imported."}'));
    assert.equal((await alice.patch('/api/v1/repositories/acme/web', { description: 'x' })).status, 403);
    const result = await run('namespace', 'assign', 'acme', '--to', 'alice');
    assert.deepEqual([result.code, result.stderr], [0, '']);
    assert.equal((await alice.patch('/api/v1/repositories/acme/web', { description: 'x' })).status, 200);
    await assertFails(/account "absent" not found/, 'namespace', 'assign', 'acme', '--to', 'absent');
    await assertFails(/namespace "none" not found/, 'namespace', 'assign', 'none', '--to', 'alice');
    await assertFails(
      /library belongs to the index itself/,
      'namespace',
      'assign',
      'library',
      '--to',
      'alice',
    );
  });
});
