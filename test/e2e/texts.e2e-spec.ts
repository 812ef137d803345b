import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import type { Actor, HttpResponse } from '../support/client';
import { testSecretKey } from '../support/database';
import { IndexUnderTest } from '../support/index-under-test';
import { ProductFixture } from '../support/product';
import { createAdministrator } from '../support/users';

const refusedLines = [
  '\u202ereversed\u202c',
  'left \u202a',
  'right \u202b',
  'pop \u202c',
  'override \u202d',
  'an open isolate \u2066',
  'an open isolate \u2067 in \u2068 another \u2069',
  'a closed one \u2069',
  ' ',
  '\u00a0\u3000',
  '\u200b\u200d\ufeff',
  '\u3164',
  '\u2800',
  'a\u2028b',
  'a\u0000b',
  'a\u001b[31m',
  'half \ud83d',
];
const acceptedLines = [
  'A web server',
  'خادم ويب \u200fسريع\u200e',
  'שרת \u2067אינטרנט\u2069 מהיר',
  '一个服务器',
  '🐳 whale',
];

/** A way in which a text gets into the index. */
interface Input {
  readonly name: string;
  readonly send: (text: string) => Promise<HttpResponse>;
  /** Code points that the text may have. */
  readonly limit: number;
  /** True when the empty text means that there is none. */
  readonly mayBeEmpty: boolean;
}

describe('texts', () => {
  let index: IndexUnderTest;
  let alice: Actor;
  let inputs: Input[];
  beforeAll(async () => {
    index = await IndexUnderTest.start({ RATE_LIMITS: 'off' });
    alice = await index.signUp('alice');
    const olga = await createAdministrator(index, 'olga');
    assert.equal((await alice.post('/api/v1/namespaces/alice/repositories', { name: 'app' })).status, 201);
    let created = 0;
    const path = '/api/v1/repositories/alice/app';
    inputs = [
      {
        name: 'a new description',
        send: (description) =>
          alice.post('/api/v1/namespaces/alice/repositories', { name: `r${(created += 1)}`, description }),
        limit: 255,
        mayBeEmpty: true,
      },
      {
        name: 'a description',
        send: (text) => alice.patch(path, { description: text }),
        limit: 255,
        mayBeEmpty: true,
      },
      {
        name: 'a README',
        send: (text) => alice.patch(path, { readme: text }),
        limit: 25_000,
        mayBeEmpty: true,
      },
      {
        name: 'the description of an official repository',
        send: (description) => olga.put('/api/v1/admin/official/centos', { description }),
        limit: 255,
        mayBeEmpty: true,
      },
      {
        name: 'the label of an access token',
        send: async (label) => {
          const token = { label, permissions: ['pull'], repositories: ['alice/*'] };
          const response = await alice.post('/api/v1/user/tokens', token);
          if (response.status === 201)
            await alice.delete(`/api/v1/user/tokens/${response.json.id as string}`);
          return response;
        },
        limit: 100,
        mayBeEmpty: false,
      },
    ];
  });
  afterAll(() => index.stop());

  it('that reorder what is beside them, or show nothing, are refused', async () => {
    for (const { name, send, mayBeEmpty } of inputs) {
      for (const text of refusedLines) {
        // A README has lines, each of which must be in order by itself.
        if (name === 'a README' && text.includes('\u2028')) continue;
        assert.equal((await send(text)).status, 400, `${name}: ${JSON.stringify(text)}`);
      }
      const empty = await send('');
      assert.equal(empty.status < 300, mayBeEmpty, `${name}: ${empty.status}`);
    }
  });

  it('of any script are accepted, and returned as they were sent', async () => {
    for (const { name, send } of inputs) {
      for (const text of acceptedLines) {
        const { status, json } = await send(text);
        assert.ok(status < 300, `${name}: ${JSON.stringify(text)}`);
        const returned = [json.description, json.readme, json.label] as unknown[];
        assert.ok(returned.includes(text), `${name}: ${JSON.stringify(text)}`);
      }
    }
  });

  it('are limited by code points: an emoji is one', async () => {
    for (const { name, send, limit } of inputs) {
      assert.ok((await send('🐳'.repeat(limit))).status < 300, `${name} of ${limit}`);
      assert.equal((await send('🐳'.repeat(limit + 1))).status, 400, `${name} of ${limit + 1}`);
      assert.equal((await send('a'.repeat(limit + 1))).status, 400, `${name} of ${limit + 1}`);
    }
  });

  it('of imports and commands follow the rule of the REST API', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'texts-'));
    const cli = await ProductFixture.create();
    const run = (...args: string[]) =>
      cli.run(args, { DATABASE_URL: index.database.url, SECRET_KEY: testSecretKey });
    try {
      // Line breaks and blanks of other indexes become single spaces.
      const bad = refusedLines.filter((text) => text.trim() !== '' && !/[\u2028]/.test(text));
      const good = [...acceptedLines, '🐳'.repeat(255), ' two\nlines ', ' '];
      const descriptions = [...bad, '🐳'.repeat(256), ...good];
      const rows = descriptions.map((description, n) => ({ namespace: 'other', name: `r${n}`, description }));
      const file = join(folder, 'rows.jsonl');
      writeFileSync(file, rows.map((row) => JSON.stringify(row)).join('\n'));
      const imported = JSON.parse((await run('import', file, '--json')).stdout) as Record<string, unknown>;
      assert.deepEqual([imported.added, imported.invalid], [good.length, bad.length + 1]);
      const last = await index.anonymous.get(`/api/v1/repositories/other/r${rows.length - 2}`);
      assert.equal(last.json.description, 'two lines');
      for (const text of ['\u202ereversed', '\u3164', '🐳'.repeat(256)]) {
        const added = await run('official', 'add', 'fedora', '--description', text);
        assert.notEqual(added.code, 0, JSON.stringify(text));
        assert.match(added.stderr, /description: must be one line of at most 255 characters/);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
      await cli.remove();
    }
  });
});
