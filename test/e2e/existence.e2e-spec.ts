import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import type { Actor, HttpResponse } from '../support/client';
import { IndexUnderTest } from '../support/index-under-test';
import { insertPushedTags } from '../support/push-fixture';
import { statementsDuring } from '../support/statements';
import { grantedAccess, register, requestToken } from '../support/token-fixtures';
import { withToken } from '../support/users';

const methods = ['get', 'put', 'post', 'patch', 'delete'] as const;
const bodies: Readonly<Record<string, object>> = { patch: { description: 'changed' } };

interface Operation {
  readonly method: (typeof methods)[number];
  /** What follows the path of a repository, such as `/tags/{tag}`. */
  readonly rest: string;
}

describe('a private repository is to others as if it were absent', () => {
  let index: IndexUnderTest;
  let alice: Actor;
  const callers = new Map<string, Actor>();
  let operations: Operation[];
  beforeAll(async () => {
    index = await IndexUnderTest.start({ RATE_LIMITS: 'off' });
    alice = await index.signUp('alice');
    const mallory = await index.signUp('mallory');
    const repositories = '/api/v1/namespaces/alice/repositories';
    await register(index, { name: 'reg', url: 'http://localhost:23351' });
    for (const name of ['secret', 'open']) {
      assert.equal((await alice.post(repositories, { name })).status, 201);
      const tags = Array.from({ length: 40 }, (_, n) => `v${n}`);
      await insertPushedTags(index, `alice/${name}`, tags, 'alice');
    }
    assert.equal(
      (await alice.patch('/api/v1/repositories/alice/secret', { visibility: 'private' })).status,
      200,
    );
    callers.set('nobody', index.anonymous);
    callers.set('another account', mallory);
    callers.set('a token of another account', await withToken(mallory, ['metadata', 'delete'], ['*/*']));
    callers.set("a token of the owner's for another", await withToken(alice, ['metadata'], ['alice/open']));
    const { paths } = (await index.anonymous.get('/api/openapi.json')).json;
    operations = Object.keys(paths as object)
      .filter((path) => path.startsWith('/api/v1/repositories/{namespace}/{name}'))
      .flatMap((path) =>
        methods
          .filter((method) => paths[path][method])
          .map((method) => ({
            method,
            rest: path.slice('/api/v1/repositories/{namespace}/{name}'.length).replace('{tag}', 'v1'),
          })),
      );
    await index.stopWorker();
  });
  afterAll(() => index.stop());

  async function observe(
    caller: Actor,
    { method, rest }: Operation,
    name: string,
  ): Promise<{ response: unknown; statements: string[] }> {
    const path = `/api/v1/repositories/alice/${name}${rest}`;
    let response: HttpResponse | undefined;
    const statements = await statementsDuring(async () => {
      response = await caller.send(method.toUpperCase(), path, { json: bodies[method] });
    });
    const { status, headers, text } = response!;
    const { 'x-request-id': _id, date: _date, 'content-length': _length, ...compared } = headers;
    return {
      response: { status, headers: compared, text: text.replaceAll(`alice/${name}`, 'NAME') },
      statements,
    };
  }

  it('in every answer, and in every statement that is run for it', async () => {
    assert.ok(operations.length >= 8, `${operations.length} operations`);
    for (const [who, caller] of callers) {
      for (const operation of operations) {
        const what = `${operation.method} ${operation.rest} by ${who}`;
        // The first request of a caller fills caches.
        await observe(caller, operation, 'nothing');
        const absent = await observe(caller, operation, 'absent');
        const hidden = await observe(caller, operation, 'secret');
        assert.deepEqual(hidden, absent, what);
        // What grows with the repository would reveal it by the time that it takes.
        const sized = hidden.statements.filter((text) =>
          /\b(?:tag|tag_history|manifest|pull_count|star)\b/.test(text),
        );
        assert.deepEqual(sized, [], what);
        const { status } = hidden.response as HttpResponse;
        assert.ok([401, 404].includes(status), `${what}: ${status}`);
      }
    }
  });

  it('in tokens, which are decided by cached facts, although its owner has just pulled it', async () => {
    for (const [at, [who, caller]] of [...callers].entries()) {
      for (const actions of ['pull', 'pull,push']) {
        const suffix = `${at}-${actions.length}`;
        const scopeOf = (name: string): string => `repository:alice/${name}:${actions}`;
        const statementsOf = (name: string): Promise<string[]> =>
          statementsDuring(async () => {
            const response = await requestToken(caller, 'reg', [scopeOf(name)]);
            assert.equal(response.status, 200, response.text);
          });
        // The first request of a caller fills caches.
        await statementsOf('nothing');
        const repository = { name: `hidden-${suffix}`, visibility: 'private' };
        assert.equal((await alice.post('/api/v1/namespaces/alice/repositories', repository)).status, 201);
        const owned = `repository:alice/hidden-${suffix}`;
        await grantedAccess(alice, 'reg', `${owned}:pull,push`);
        assert.equal(await grantedAccess(alice, 'reg', `${owned}:pull`), `alice/hidden-${suffix} pull`);
        for (const time of ['first', 'second']) {
          const hidden = await statementsOf(`hidden-${suffix}`);
          const absent = await statementsOf(`absent-${suffix}`);
          assert.deepEqual(hidden, absent, `${actions} by ${who}, asked for the ${time} time`);
        }
      }
    }
  });

  it('while a public one is not, which shows that the comparison sees a difference', async () => {
    const read = { method: 'get', rest: '' } as const;
    const hidden = await observe(index.anonymous, read, 'secret');
    const open = await observe(index.anonymous, read, 'open');
    assert.ok(open.statements.length > hidden.statements.length);
  });
});
