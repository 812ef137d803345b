import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { ModulesContainer } from '@nestjs/core';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants';
import { checkInput, errorCatalogue } from '@central-index/platform/errors';
import { loadConfig } from '@central-index/platform/config';
import type { z } from 'zod';
import type { Actor } from '../support/client';
import { IndexUnderTest } from '../support/index-under-test';

// Of the schema library, the server and the JSON parser.
const libraryWords =
  /[Uu]nrecognized|[Ii]nvalid (?:input|option|string|element|key|format|date|email|url|ISO)|[Ee]xpected|received|[Tt]oo (?:small|big)|match pattern|must NOT|Unexpected token|FST_|discriminator|URI|NaN/;
const uncovered = /^(?:is not accepted|does not have the form that is needed here|has unknown fields)$/;

const values: readonly unknown[] = [
  undefined,
  null,
  true,
  0,
  -1,
  1e300,
  Number.NaN,
  '',
  ' ',
  'x',
  '\0',
  'a'.repeat(30_000),
  [],
  ['x'],
  [['x'], 1],
  {},
  { a: 1 },
  '2026-13-45',
  '-5',
  '1e9',
];

describe('refused input', () => {
  let index: IndexUnderTest;
  let alice: Actor;
  beforeAll(async () => {
    index = await IndexUnderTest.start();
    alice = await index.signUp('alice');
  });
  afterAll(() => index.stop());

  interface RouteSchema {
    readonly name: string;
    readonly schema: z.ZodType;
  }

  function routeSchemas(): RouteSchema[] {
    const modules = [...index.app.get(ModulesContainer, { strict: false }).values()];
    const controllers = new Set(
      modules.flatMap((module) =>
        [...module.controllers.values()].map((one) => one.metatype as { name: string; prototype: object }),
      ),
    );
    return [...controllers].flatMap((controller) =>
      Object.getOwnPropertyNames(controller.prototype).flatMap((method) => {
        const args = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, method) ?? {}) as Record<
          string,
          { schema?: z.ZodType }
        >;
        return Object.values(args).flatMap(({ schema }) =>
          schema === undefined ? [] : [{ name: `${controller.name}.${method}`, schema }],
        );
      }),
    );
  }

  it('is refused in words of this product, by every schema of every route', () => {
    const schemas = routeSchemas();
    assert.ok(schemas.length >= 30, `${schemas.length} schemas`);
    const messages = new Map<string, string>();
    for (const { name, schema } of schemas) {
      const names = fieldNames(schema);
      const inputs = [
        ...values,
        { no_such_field: 1 },
        ...names.flatMap((field) => values.map((value) => ({ [field]: value }))),
      ];
      for (const input of inputs) {
        for (const kind of ['body', 'query', 'path'] as const) {
          const checked = checkInput(schema, input, kind);
          if ('value' in checked) continue;
          for (const { field, message } of checked.errors) messages.set(message, `${name} ${field}`);
        }
      }
    }
    assert.ok(messages.size > 20, [...messages.keys()].join('\n'));
    const wrong = [...messages].filter(([message]) => libraryWords.test(message) || uncovered.test(message));
    assert.deepEqual(wrong, []);
  });

  it('never has words of a library in the catalogue', () => {
    const texts = errorCatalogue().map(({ description }) => description);
    assert.deepEqual(
      texts.filter((text) => /Unrecognized|Invalid input|zod|fastify/i.test(text)),
      [],
    );
  });

  const requests: [what: string, send: (actor: Actor) => ReturnType<Actor['get']>, words: RegExp][] = [
    [
      'limit of a list',
      (a) => a.get('/api/v1/user/tokens?limit=5'),
      /^limit: is unknown; did you mean per_page\?$/,
    ],
    ['n of a list', (a) => a.get('/api/v1/namespaces/alice/repositories?n=5'), /n: .*did you mean per_page/],
    ['limit of a search', (a) => a.get('/api/v1/search?q=x&limit=5'), /limit: .*did you mean per_page/],
    [
      'per_page that is no number',
      (a) => a.get('/api/v1/user/tokens?per_page=many'),
      /^per_page: must be a whole number from 1 to 100$/,
    ],
    [
      'per_page of 101',
      (a) => a.get('/api/v1/search?q=x&per_page=101'),
      /^per_page: must be a whole number from 1 to 100$/,
    ],
    [
      'per_page twice',
      (a) => a.get('/api/v1/user/tokens?per_page=1&per_page=2'),
      /^per_page: must be given only once$/,
    ],
    ['q twice', (a) => a.get('/api/v1/search?q=x&q=y'), /^q: must be given only once$/],
    ['a flag', (a) => a.get('/api/v1/search?q=x&official=yes'), /^official: must be true or false$/],
    [
      'a misspelt field',
      (a) => a.post('/api/v1/namespaces/alice/repositories', { name: 'x', desciption: '' }),
      /desciption: is unknown; did you mean description\?/,
    ],
    [
      'a field without a near name',
      (a) => a.post('/api/v1/login', { username: 'x', password: 'y', zzzzzz: 1 }),
      /zzzzzz: is unknown; known are username, password/,
    ],
    [
      'two unknown fields',
      (a) => a.post('/api/v1/login', { username: 'x', password: 'y', user: 1, pass: 1 }),
      /user: .*username\?; pass: .*password\?/,
    ],
    ['a missing field', (a) => a.post('/api/v1/login', { username: 'x' }), /^password: is required$/],
    [
      'a field of another type',
      (a) => a.post('/api/v1/login', { username: 'x', password: 5 }),
      /^password: must be text$/,
    ],
    ['no body', (a) => a.post('/api/v1/login'), /^the body is missing: send a JSON object$/],
    ['a list as body', (a) => a.post('/api/v1/login', []), /^the body must be a JSON object$/],
    [
      'broken JSON',
      (a) => a.send('POST', '/api/v1/login', { body: '{', headers: { 'content-type': 'application/json' } }),
      /^the body is not valid JSON$/,
    ],
    [
      'a broken path',
      (a) => a.sendRaw('GET', '/api/v1/repositories/alice/%zz'),
      /^the path is not percent-encoded UTF-8$/,
    ],
    [
      'a name in upper case',
      (a) => a.post('/api/v1/namespaces/alice/repositories', { name: 'My App' }),
      /^name: must be lower-case letters and digits, /,
    ],
    [
      'a name with a slash',
      (a) => a.post('/api/v1/namespaces/alice/repositories', { name: 'team/app' }),
      /^name: must be .* without a slash/,
    ],
    [
      'an account name',
      (a) =>
        a.post('/api/v1/users', { username: 'Al', email: 'al@example.org', password: 'a long password 1' }),
      /^username: must be 3 to 30 lower-case letters/,
    ],
    [
      'an e-mail address',
      (a) => a.post('/api/v1/users', { username: 'alan', email: 'al', password: 'a long password 1' }),
      /^email: must be an e-mail address, such as/,
    ],
    [
      'a visibility',
      (a) => a.patch('/api/v1/repositories/alice/x', { visibility: 'secret' }),
      /^visibility: must be public or private$/,
    ],
    [
      'a day',
      (a) => a.get('/api/v1/repositories/alice/x/pulls?from=yesterday'),
      /^from: must be a date, such as 2026-01-31$/,
    ],
    [
      'a time',
      (a) =>
        a.post('/api/v1/user/tokens', {
          label: 'x',
          permissions: ['pull'],
          repositories: ['*/*'],
          expires_at: 'soon',
        }),
      /^expires_at: must be a time with a zone/,
    ],
    [
      'a list entry',
      (a) => a.post('/api/v1/user/tokens', { label: 'x', permissions: ['read'], repositories: ['*/*'] }),
      /^permissions.0: must be pull, push, delete or metadata$/,
    ],
    [
      'an empty list',
      (a) => a.post('/api/v1/user/tokens', { label: 'x', permissions: [], repositories: ['*/*'] }),
      /^permissions: must have at least 1 entry$/,
    ],
    [
      'a field named __proto__',
      (a) =>
        a.send('POST', '/api/v1/login', {
          body: '{"__proto__":{}}',
          headers: { 'content-type': 'application/json' },
        }),
      /^__proto__: is unknown$/,
    ],
  ];
  for (const [what, send, words] of requests) {
    it(`says what is wrong with ${what}`, async () => {
      const { status, json, text } = await send(alice);
      assert.equal(status, 400, text);
      assert.match(json.errors[0].message as string, words);
      assert.doesNotMatch(text, libraryWords);
    });
  }

  it('is short, whatever the size of what was sent', async () => {
    const fields = Array.from({ length: 2_000 }, (_, n) => [`field_${n}_${'x'.repeat(60)}`, 1]);
    const response = await alice.post('/api/v1/login', Object.fromEntries(fields) as object);
    assert.equal(response.status, 400);
    assert.ok(response.text.length < 20_000, `${response.text.length} characters`);
    const long = await alice.post('/api/v1/login', { ['y'.repeat(200_000)]: 1 });
    assert.ok(long.text.length < 2_000, `${long.text.length} characters`);
  });

  it('of the environment is refused in the same words', () => {
    const wrong = {
      PORT: 'x',
      SIGN_UP: 'maybe',
      DATABASE_URL: 'mysql://x',
      PUBLIC_URL: 'here',
      TOKEN_TTL: '5',
      SECRET_KEY: 'x',
    };
    for (const [name, value] of Object.entries(wrong)) {
      assert.throws(
        () => loadConfig({ [name]: value }),
        (error: Error) => {
          assert.match(error.message, new RegExp(`${name}: must `));
          assert.doesNotMatch(error.message, libraryWords);
          return true;
        },
      );
    }
  });
});

// Of an object, whatever it is wrapped in.
function fieldNames(schema: z.ZodType): string[] {
  const definition = schema.def as { shape?: object; innerType?: z.ZodType; in?: z.ZodType; out?: z.ZodType };
  if (definition.shape !== undefined) return Object.keys(definition.shape);
  const inner = [definition.innerType, definition.in, definition.out].filter((one) => one !== undefined);
  return [...new Set(inner.flatMap(fieldNames))];
}
