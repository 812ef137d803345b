import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import type { Actor, HttpResponse } from '../support/client';
import { eventually } from '../support/eventually';
import { IndexUnderTest } from '../support/index-under-test';
import { chainOf, imageId, OldDocker, tokenOf } from '../support/old-docker';
import { addOfficial, promote, register } from '../support/token-fixtures';
import { V1Registry } from '../support/v1-registry';

/** A repository as a path spells it; the form with one component is that of an official one. */
interface Spelling {
  readonly path: string;
  readonly full: string;
  readonly hasOneComponent: boolean;
}

const spellings: readonly Spelling[] = [
  { path: 'alice/app', full: 'alice/app', hasOneComponent: false },
  { path: 'library/alpine', full: 'library/alpine', hasOneComponent: false },
  { path: 'alpine', full: 'library/alpine', hasOneComponent: true },
];
const id = imageId('layer');
const status = ({ status: code }: HttpResponse): number => code;

/** Each row of the protocol's table, in each spelling and with and without a trailing slash. */
describe('the paths of the v1 protocol', () => {
  let index: IndexUnderTest;
  let registry: V1Registry;
  let alice: Actor;
  let olga: Actor;

  const ownerOf = ({ full }: Spelling): Actor => (full.startsWith('alice/') ? alice : olga);
  const asRegistry = (token: string): Actor => index.anonymous.with({ authorization: `Token ${token}` });
  const wanting = (caller: Actor): Actor => caller.with({ 'x-docker-token': 'true' });
  const expectToken = (response: HttpResponse, { full }: Spelling, access: string): void => {
    assert.match(tokenOf(response), new RegExp(`,repository="${full}",access=${access}$`));
    assert.equal(response.headers['www-authenticate'], `Token ${tokenOf(response)}`);
    assert.equal(response.headers['x-docker-endpoints'], registry.host);
  };

  beforeAll(async () => {
    index = await IndexUnderTest.start();
    registry = await V1Registry.start(() => index.url);
    await register(index, { name: 'classic', url: registry.url, kind: 'v1' });
    alice = await index.signUp('alice');
    olga = await index.signUp('olga');
    await promote(index, 'olga');
    await addOfficial(index, 'alpine');
    await new OldDocker(alice).push('alice/app', chainOf(['layer'], 'latest'));
    await new OldDocker(olga).push('alpine', chainOf(['layer'], 'latest'));
    for (const name of ['alice/app', 'library/alpine']) {
      await eventually(async () =>
        assert.equal((await index.anonymous.get(`/api/v1/repositories/${name}`)).json.tags, 1),
      );
    }
  });
  afterAll(async () => {
    await registry.stop();
    await index.stop();
  });

  for (const spelling of spellings) {
    for (const slash of ['', '/']) {
      const base = `/v1/repositories/${spelling.path}`;
      // With one component, the slash makes of these another repository.
      const isPart = !(spelling.hasOneComponent && slash === '/');

      it(`are served: PUT, GET and DELETE of ${spelling.path} and its parts, ending in "${slash}"`, async () => {
        const owner = ownerOf(spelling);
        const begun = await wanting(owner).put(`${base}${slash}`, [{ id, Tag: 'latest' }]);
        assert.deepEqual([begun.status, begun.text], [200, '""']);
        expectToken(begun, spelling, 'write');

        const images = await wanting(index.anonymous).get(`${base}/images${slash}`);
        assert.deepEqual([images.status, images.json], [200, [{ id }]]);
        expectToken(images, spelling, 'read');

        const tags = await index.anonymous.get(`${base}/tags${slash}`);
        assert.deepEqual([tags.status, tags.json], [200, [{ layer: id.slice(0, 8), name: 'latest' }]]);

        const bearer = asRegistry(tokenOf(begun));
        const layer = await bearer.get(`${base}/layer/${id}/access${slash}`);
        assert.deepEqual([layer.status, layer.json], [200, { access: true }]);
        const validated = await bearer.get(`${base}/images${slash}`);
        assert.deepEqual([validated.status, validated.json], [200, [{ id }]]);
        if (!isPart) return;

        const ended = await owner.put(`${base}/images${slash}`, []);
        assert.deepEqual([ended.status, ended.text], [204, '']);
        const authorized = await bearer.put(`${base}/auth${slash}`);
        assert.deepEqual([authorized.status, authorized.text], [200, '"OK"']);
        for (const caller of [owner, bearer]) {
          const emptied = await caller.delete(`${base}/images${slash}`);
          assert.deepEqual([emptied.status, emptied.text], [204, '']);
        }
      });
    }
  }

  it('that end in a slash are another repository where the table says so', async () => {
    // alpine is no account, so that no client may push alpine/images.
    for (const part of ['images', 'auth']) {
      const path = `/v1/repositories/alpine/${part}/`;
      assert.equal(status(await olga.put(path, [])), 403, part);
    }
    assert.equal(status(await olga.delete('/v1/repositories/alpine/images/')), 404);
    assert.deepEqual((await index.anonymous.get('/v1/repositories/alpine/images')).json, [{ id }]);
  });

  it('that nothing is at are refused with a text, and none redirects', async () => {
    const paths = [
      '/v1',
      '/v1/',
      '/v1//',
      '/v1/_ping//',
      '/v1/./_ping',
      '/v1/users//',
      '/v1/repositories',
      '/v1/repositories/',
      '/v1/repositories/alpine',
      '/v1/repositories/alice/app/',
      '/v1/repositories//alice/app/images',
      '/v1/repositories/alice//app/images',
      '/v1/repositories/alice/app//images',
      '/v1/repositories/alice/app/images//',
      '/v1/repositories/alice/./app/images',
      '/v1/repositories/alice/../alice/app/images',
      '/v1/repositories/alice/app;x=1/images',
      '/v1/repositories/alice%2Fapp/images',
      '/v1/repositories/%61lice/app/images',
      '/v1/repositories/ALICE/app/images',
      '/v1/repositories/alice/app/IMAGES',
      '/v1/repositories/alice/app/tags/latest',
      `/v1/repositories/alice/app/layer/${id}/access/x`,
    ];
    for (const path of paths) {
      const response = await alice.sendRaw('GET', path);
      assert.ok([400, 404, 405].includes(response.status), `${path}: ${response.status}`);
      assert.equal(typeof response.json, 'string', `${path}: ${response.text}`);
      assert.equal(response.headers.location, undefined, path);
    }
  });

  it('of deletions work in every spelling, for either of the two steps', async () => {
    const steps = async (first: string, second: string, caller: Actor, full: string): Promise<void> => {
      const begun = await caller.delete(`/v1/repositories/${first}`);
      assert.deepEqual([begun.status, begun.text], [202, '""'], first);
      assert.match(tokenOf(begun), new RegExp(`repository="${full}",access=delete$`));
      assert.equal(
        status(await asRegistry(tokenOf(begun)).get(`/v1/repositories/${second}/images`.replace('//', '/'))),
        200,
      );
      const ended = await caller.delete(`/v1/repositories/${second}`);
      assert.deepEqual([ended.status, ended.text], [200, '""'], second);
      assert.equal(status(await caller.get(`/v1/repositories/${full}/images`)), 404);
    };
    await steps('alice/app', 'alice/app/', alice, 'alice/app');
    await steps('alpine/', 'alpine', olga, 'library/alpine');
    await addOfficial(index, 'busybox');
    await new OldDocker(olga).push('busybox', chainOf(['layer'], 'latest'));
    await steps('library/busybox/', 'busybox', olga, 'library/busybox');
  });
});
