import assert from 'node:assert/strict';
import { afterAll, beforeAll, it } from '@jest/globals';
import { AccountAdministration } from '@central-index/accounts';
import type { Actor } from '../support/client';
import { eventually } from '../support/eventually';
import { IndexUnderTest } from '../support/index-under-test';
import { describeUnless } from '../support/jest';
import { Replay, type RecordedExchange, type ReplayedAnswer } from '../support/recorded-exchanges';
import { recording } from '../support/recordings';
import { register } from '../support/token-fixtures';
import { V1Registry } from '../support/v1-registry';

const { missing, lines } = recording<RecordedExchange>('docker-1.6.2-index-v1.jsonl');
const password = 'a long password of recordings';

/**
 * Where the index rightly answers otherwise than the stand-in: by scenario and number of the exchange. The stand-in of these
 * scenarios failed on purpose, revealed that an e-mail address is used, or that a private repository exists.
 */
const otherwise: Readonly<Record<string, Readonly<Record<number, number>>>> = {
  'login-signup-email-taken': { 3: 201, 4: 200 },
  'login-index-500': { 3: 400 },
  'login-index-503-html': { 3: 400 },
  'login-everything-503': { 3: 400 },
  'login-get-500': { 4: 200 },
  'login-post-401': { 3: 400 },
  'login-post-409-json-error': { 3: 400 },
  'login-post-200': { 3: 400 },
  'push-index-500': { 4: 200 },
  'push-index-503-html': { 4: 200 },
  'push-final-put-500': { 28: 204 },
  'push-final-put-200': { 16: 204 },
  'push-final-put-401': { 16: 204 },
  'push-put-201': { 4: 200 },
  'push-put-204': { 4: 200 },
  'push-redirect-307': { 4: 200 },
  'pull-private-anonymous-401': { 4: 404 },
  'pull-private-other-user-403': { 4: 404 },
  'pull-private-anonymous-then-interactive-login': { 4: 404 },
  'pull-index-500': { 4: 200 },
  'pull-everything-503': { 4: 200 },
  'pull-without-endpoints-header': { 5: 200 },
  'search-index-500': { 4: 200 },
  'search-index-401': { 4: 200 },
  // Docker 1.5 and 1.6 send the credentials of docker.io to every host that they search.
  'search-wrong-stored-password': { 4: 200 },
  'search-inactive-account-403': { 4: 200 },
};

const scenarios = new Map<string, RecordedExchange[]>();
for (const line of lines) {
  const key = `${line.client} ${line.scenario}`;
  scenarios.set(key, [...(scenarios.get(key) ?? []), line]);
}

for (const client of ['1.6.2', '1.5.0']) {
  describeUnless(missing, `the recorded Docker ${client}`, () => {
    let index: IndexUnderTest;
    let registry: V1Registry;
    let replay: Replay;
    let alice: Actor;

    beforeAll(async () => {
      index = await IndexUnderTest.start({ RATE_LIMITS: 'off' });
      registry = await V1Registry.start(() => index.url);
      await register(index, { name: 'classic', url: registry.url, kind: 'v1' });
      replay = new Replay({ index: index.url, registry: registry.url }, password);
      for (const name of ['alice', 'bob', 'eve']) {
        const actor = await index.signUp(name, password);
        if (name === 'alice') alice = actor;
      }
      await index.app.get(AccountAdministration, { strict: false }).disable('eve', { name: ':test' });
    });
    afterAll(async () => {
      await registry.stop();
      await index.stop();
    });

    for (const [key, exchanges] of scenarios) {
      if (!key.startsWith(`${client} `)) continue;
      const scenario = key.slice(client.length + 1);
      it(`continues: ${scenario}`, async () => {
        for (const exchange of exchanges) {
          // The registry asks by itself.
          if (exchange.from === 'registry' || !replay.isPossible(exchange)) continue;
          const answer = await replay.send(exchange);
          if (exchange.to === 'registry') checkRegistry(exchange, answer);
          else checkIndex(exchange, answer, registry);
        }
        if (scenario === 'push-private-setup') {
          await alice.patch('/api/v1/repositories/alice/priv', { visibility: 'private' });
        }
        assert.ok(registry.questions.every((question) => question.endsWith('=> 200')));
      });
    }

    it('leaves the tags of the last push', async () => {
      await eventually(async () => {
        const { json } = await index.anonymous.get('/api/v1/repositories/alice/app/tags');
        const tags = (json.items as { name: string; digest: string }[]).map(({ name, digest }) => [
          name,
          digest.slice('sha256:'.length),
        ]);
        assert.deepEqual(new Map(tags as [string, string][]), registry.tags.get('alice/app'));
      });
    });
  });
}

function checkIndex(exchange: RecordedExchange, answer: ReplayedAnswer, registry: V1Registry): void {
  const { scenario, n, request, response } = exchange;
  const at = `${scenario} ${n}: ${request.method} ${request.path} => ${answer.status} ${answer.text}`;
  assert.equal(answer.headers.location, undefined, at);
  if (request.path === '/v2/') return assert.equal(answer.status, 404, at);
  if (request.path === '/v1/_ping') {
    assert.equal(answer.headers['x-docker-registry-standalone'], 'false', at);
    return assert.equal(answer.status, 200, at);
  }
  assert.equal(answer.status, otherwise[scenario]?.[n] ?? response.status, at);
  if (answer.status === 204) return assert.equal(answer.text, '', at);
  const body = JSON.parse(answer.text) as unknown;
  if (answer.status >= 300) {
    assert.equal(typeof body, 'string', at);
    if (answer.status === 401) {
      assert.equal(answer.headers['www-authenticate'], 'Basic realm="auth required",Token', at);
    }
    const exact = '"Username or email already exists"';
    if (answer.status === 400 && response.body === exact) assert.equal(answer.text, exact, at);
    return;
  }
  if (request.path.startsWith('/v1/search')) return checkSearch(body, at);
  if (request.path.endsWith('/images')) checkImages(body, at);
  if (!request.path.startsWith('/v1/repositories/') || request.headers['X-Docker-Token'] === undefined)
    return;
  const token = String(answer.headers['x-docker-token']);
  assert.match(token, /^signature=[\w.-]+,repository="alice\/\w+",access=(?:read|write)$/, at);
  assert.equal(answer.headers['www-authenticate'], `Token ${token}`, at);
  assert.equal(answer.headers['x-docker-endpoints'], registry.host, at);
}

function checkImages(body: unknown, at: string): void {
  assert.ok(Array.isArray(body) && body.length > 0, at);
  for (const image of body as Record<string, unknown>[]) assert.match(String(image.id), /^[0-9a-f]{64}$/, at);
}

// As every Docker decodes them (PROTOCOL A.6).
function checkSearch(body: unknown, at: string): void {
  const { results, num_results: count, query } = body as Record<string, unknown>;
  assert.ok(Array.isArray(results) && typeof count === 'number' && typeof query === 'string', at);
  for (const row of results as Record<string, unknown>[]) {
    const types = ['name', 'description', 'star_count', 'is_official', 'is_trusted', 'is_automated'].map(
      (field) => typeof row[field],
    );
    assert.deepEqual(types, ['string', 'string', 'number', 'boolean', 'boolean', 'boolean'], at);
  }
}

// The small registry has no faults, so only what the token opens is checked.
function checkRegistry({ scenario, n, request }: RecordedExchange, { status }: ReplayedAnswer): void {
  const at = `${scenario} ${n}: ${request.method} ${request.path} => ${status}`;
  const authorization = String(request.headers.Authorization ?? '');
  if (!authorization.startsWith('Token')) return;
  const isAllowed = request.method === 'GET' ? /access=read/ : /access=write/;
  if (isAllowed.test(authorization)) assert.ok(status === 200 || status === 404, at);
  else assert.equal(status, 401, at);
}
