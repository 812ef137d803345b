import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import type { Actor } from '../support/client';
import { IndexUnderTest } from '../support/index-under-test';

const agents = {
  old: 'docker/1.6.2 go/go1.4.2 kernel/3.16 os/linux arch/amd64',
  tenth: 'docker/1.10.3 go/go1.5.3',
  plain: 'Go 1.1 package http',
  eleventh: 'docker/1.11.2 go/go1.5.4',
  robot: 'acme-robot/2.0',
  today: 'docker/28.2.2 go/go1.24',
};
type Agent = keyof typeof agents;

const paths: readonly [method: 'GET' | 'POST' | 'PUT', path: string][] = [
  ['GET', '/v2/'],
  ['GET', '/v2'],
  ['GET', '/v2/_catalog'],
  ['GET', '/v2/alice/app/manifests/latest'],
  ['POST', '/v2/alice/app/blobs/uploads/'],
  ['PUT', '/v2/alice/app/manifests/latest'],
];

describe('V1_ONLY_USER_AGENTS', () => {
  /** Starts an index with the setting, and expects that exactly these clients get no distribution API. */
  const expectV1Only = async (setting: string | undefined, expected: readonly Agent[]): Promise<void> => {
    const env: Record<string, string> = setting === undefined ? {} : { V1_ONLY_USER_AGENTS: setting };
    const index = await IndexUnderTest.start(env);
    try {
      for (const [method, path] of paths) {
        const refused: string[] = [];
        for (const [name, agent] of Object.entries(agents)) {
          const caller: Actor = index.anonymous.with({ 'user-agent': agent });
          const response = await caller.send(method, path);
          const isV1Only = response.status === 404;
          assert.equal(response.status, isV1Only ? 404 : 401, `${name} ${path}`);
          const version = response.headers['docker-distribution-api-version'];
          assert.equal(version, isV1Only ? undefined : 'registry/2.0', `${name} ${path}`);
          assert.equal('www-authenticate' in response.headers, !isV1Only, `${name} ${path}`);
          if (isV1Only) refused.push(name);
          // All of them search, and ping as v1 clients do.
          assert.equal((await caller.get('/v1/_ping')).status, 200);
          assert.equal((await caller.get('/v1/search?q=x')).status, 200);
        }
        assert.deepEqual(refused, expected, `${method} ${path}`);
      }
    } finally {
      await index.stop();
    }
  };

  it('is Docker up to 1.10 by default, also when it is set to nothing', async () => {
    await expectV1Only(undefined, ['old', 'tenth', 'plain']);
    await expectV1Only('', ['old', 'tenth', 'plain']);
  });

  it('can be extended', async () => {
    await expectV1Only('default, docker/1.11. ,acme-robot/', ['old', 'tenth', 'plain', 'eleventh', 'robot']);
  });

  it('can be replaced', async () => {
    await expectV1Only('acme-robot/', ['robot']);
  });

  it('can be emptied', async () => {
    await expectV1Only('none', []);
  });
});
