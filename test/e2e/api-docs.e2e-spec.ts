import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import type { JsonValue } from '../support/client';
import { IndexUnderTest } from '../support/index-under-test';
import { ApiContract } from '../support/openapi';

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;

describe('API document', () => {
  let index: IndexUnderTest;
  beforeAll(async () => {
    index = await IndexUnderTest.start();
  });
  afterAll(() => index.stop());

  it('describes the summary, responses, credentials and errors of every operation', async () => {
    const document = (await index.anonymous.get('/api/openapi.json')).json;
    const operations = Object.entries<Record<string, ReturnType<typeof JSON.parse>>>(document.paths).flatMap(
      ([path, item]) =>
        methods.filter((method) => item[method]).map((method) => ({ path, method, ...item[method] })),
    );
    assert.ok(operations.length >= 25);
    for (const { path, method, summary, parameters, responses, requestBody, security } of operations) {
      const name = `${method} ${path}`;
      assert.ok(path.startsWith('/api/v1/'), name);
      assert.ok(summary?.length > 5, `${name} has a summary`);
      assert.ok(responses['401'] && responses['503'], `${name} describes errors`);
      assert.ok(!path.includes('{') || responses['404'], `${name} says that the thing may be absent`);
      const parameterNames = (parameters ?? []).map((one: { name: string }) => one.name);
      assert.deepEqual(parameterNames, [...new Set(parameterNames)], name);
      const successes = Object.keys(responses).filter((status) => status.startsWith('2'));
      const isDescribed = successes.some((status) => status === '204' || responses[status].content);
      assert.ok(isDescribed, `${name} describes its response`);
      if (requestBody !== undefined || method === 'patch') {
        const bodySchema = requestBody.content['application/json'].schema;
        const schema = bodySchema.$ref
          ? document.components.schemas[bodySchema.$ref.split('/').at(-1)]
          : bodySchema;
        assert.equal(schema.additionalProperties, false, `${name} rejects unknown fields`);
      }
      if (/\/(user|admin)\b/.test(path)) assert.ok(security.length >= 2, `${name} names its credentials`);
    }
  });

  it('has an example of every body and response, which its schema accepts', async () => {
    const contract = new ApiContract((await index.anonymous.get('/api/openapi.json')).json);
    for (const { method, path, definition } of contract.operations) {
      const contents = [definition.requestBody, ...Object.values<JsonValue>(definition.responses)];
      for (const [number, part] of contents.entries()) {
        const media = part?.content?.['application/json'];
        if (media === undefined) continue;
        const what = `${method} ${path} ${number}`;
        assert.ok(media.example !== undefined, what);
        assert.deepEqual(contract.mismatches(media.schema, media.example, what), []);
        assert.notEqual(JSON.stringify(media.example), '{}', what);
      }
    }
  });

  it('says of every route whether it can be called without credentials', async () => {
    const contract = new ApiContract((await index.anonymous.get('/api/openapi.json')).json);
    for (const { method, path, definition } of contract.operations) {
      const schemes = (definition.security as object[]).map((one) => Object.keys(one).join());
      const response = await index.anonymous.send(method.toUpperCase(), path.replace(/\{\w+\}/g, '1'));
      assert.equal(response.status === 401, !schemes.includes(''), `${method} ${path}: ${response.status}`);
      assert.ok(schemes.includes('basic') && schemes.includes('cookie'), `${method} ${path}`);
    }
  });

  it('lists the error codes', async () => {
    const document = (await index.anonymous.get('/api/openapi.json')).json;
    const codes: string[] = document.components.schemas.Errors.properties.errors.items.properties.code.enum;
    for (const code of ['NAME_TAKEN', 'VALIDATION_FAILED', 'UNAUTHORIZED', 'NOT_FOUND'])
      assert.ok(codes.includes(code));
  });

  it('is shown by a page without inline scripts and styles', async () => {
    const page = await index.anonymous.get('/api/docs');
    assert.equal(page.status, 200);
    assert.doesNotMatch(page.headers['content-security-policy'] ?? '', /unsafe/);
    const parts = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path!);
    assert.equal(parts.length, 3);
    for (const path of parts) assert.equal((await index.anonymous.get(path)).status, 200, path);
    assert.doesNotMatch(page.text, /<script>|style=|on\w+=/);
  });

  it('is sent from addresses that change with the content, and again only to those who lack it', async () => {
    const page = await index.anonymous.get('/api/docs');
    const hashed = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path!);
    for (const path of [...hashed, '/api/docs', '/api/openapi.json', '/api/docs/assets/swagger-ui.css']) {
      const first = await index.anonymous.get(path);
      const etag = first.headers['etag']!;
      assert.match(etag, /^"[\da-f]{16}"$/, path);
      const isHashed = hashed.includes(path);
      assert.equal(
        first.headers['cache-control'],
        isHashed ? 'public, max-age=31536000, immutable' : 'public, no-cache',
        path,
      );
      if (isHashed) assert.ok(path.includes(`.${etag.slice(1, -1)}.`), path);
      for (const value of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
        const again = await index.anonymous.get(path, { headers: { 'if-none-match': value } });
        assert.deepEqual(
          [again.status, again.text, again.headers['etag']],
          [304, '', etag],
          `${path} ${value}`,
        );
      }
      const changed = await index.anonymous.get(path, { headers: { 'if-none-match': '"other"' } });
      assert.deepEqual([changed.status, changed.text], [200, first.text], path);
      const head = await index.anonymous.send('HEAD', path);
      assert.deepEqual(
        [head.status, head.headers['content-length'], head.text],
        [200, first.headers['content-length'], ''],
      );
    }
    assert.equal((await index.anonymous.get('/api/docs/assets/package.json')).status, 404);
  });
});
