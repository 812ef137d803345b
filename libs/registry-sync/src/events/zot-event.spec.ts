import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { readEvent } from './event-reader';
import type { RegistryEvent } from './registry-event';

const digest = `sha256:${'a'.repeat(64)}`;
const read = (type: string, data: object, rest: object = {}): RegistryEvent =>
  readEvent(
    Buffer.from(JSON.stringify({ specversion: '1.0', id: 'zotregistry.dev 1', type, data, ...rest })),
  );
const image = { name: 'alice/app', reference: 'v1', digest };

describe('an event of zot', () => {
  it('has the pushed tag, the pusher and the time', () => {
    const time = '2026-01-31T12:00:00.5Z';
    assert.deepEqual(read('zotregistry.image.updated', { ...image, actor: { name: 'alice' } }, { time }), {
      kind: 'push',
      path: 'alice/app',
      tag: 'v1',
      digest,
      actor: 'alice',
      at: new Date(time),
    });
  });

  const cases: [string, string, object, object][] = [
    [
      'a push by digest',
      'zotregistry.image.updated',
      { ...image, reference: digest },
      { kind: 'push', digest },
    ],
    [
      'a push without a digest',
      'zotregistry.image.updated',
      { ...image, digest: '' },
      { kind: 'push', tag: 'v1' },
    ],
    ['a delete by tag', 'zotregistry.image.deleted', image, { kind: 'delete', tag: 'v1', digest }],
    [
      'a delete by digest',
      'zotregistry.image.deleted',
      { name: 'alice/app', reference: digest },
      { kind: 'delete', digest },
    ],
    ['another prefix', 'org.example.image.deleted', image, { kind: 'delete' }],
    ['a new repository', 'zotregistry.repository.created', { name: 'alice/app' }, { kind: 'ignored' }],
    ['a scan', 'zotregistry.image.scanned', image, { kind: 'ignored' }],
    ['a lint failure', 'zotregistry.image.lint_failed', image, { kind: 'ignored' }],
    ['another type', 'zotregistry.image.exploded', image, { kind: 'unreadable' }],
    ['no type', '', image, { kind: 'unreadable' }],
    ['a deep name', 'zotregistry.image.updated', { ...image, name: 'a/b/c' }, { kind: 'unreadable' }],
    ['no name', 'zotregistry.image.deleted', { reference: 'v1' }, { kind: 'unreadable' }],
    ['only a name', 'zotregistry.image.deleted', { name: 'alice/app' }, { kind: 'unreadable' }],
    ['an invalid tag', 'zotregistry.image.updated', { ...image, reference: '-' }, { kind: 'unreadable' }],
    ['an invalid digest', 'zotregistry.image.updated', { ...image, digest: 'x' }, { kind: 'unreadable' }],
  ];
  for (const [what, type, data, expected] of cases) {
    it(`with ${what} is read`, () => {
      const event: Readonly<Record<string, unknown>> = { ...read(type, data) };
      for (const [name, value] of Object.entries(expected)) assert.equal(event[name], value, name);
    });
  }

  it('of the index’s own request is known by its User-Agent', () => {
    const request = { addr: '127.0.0.1:1', method: 'PUT', useragent: 'central-index' };
    for (const type of ['zotregistry.image.updated', 'zotregistry.image.deleted']) {
      const isOwn = (data: object): unknown => ({ ...(read(type, data) as object & { own?: true }) }).own;
      assert.equal(isOwn({ ...image, request }), true);
      assert.equal(isOwn({ ...image, request: { ...request, useragent: 'docker/20.10.24' } }), undefined);
      assert.equal(isOwn(image), undefined);
    }
  });

  it('of any shape is read without an error', () => {
    for (const data of [null, 'x', 3, [], { name: 3 }, { ...image, actor: 'alice' }]) {
      assert.ok(read('zotregistry.image.updated', data as object, { time: {} }).kind);
    }
  });
});
