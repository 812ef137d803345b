import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import fc from 'fast-check';
import { readEvent } from './event-reader';

const digest = `sha256:${'a'.repeat(64)}`;
const manifestUrl = `http://r/v2/alice/app/manifests/${digest}`;
const read = (event: object): ReturnType<typeof readEvent> => readEvent(Buffer.from(JSON.stringify(event)));
const of = (action: string, target: object, rest: object = {}): object => ({
  id: 'x',
  timestamp: '2026-11-22T02:22:01.119464028Z',
  action,
  target: { repository: 'alice/app', ...target },
  request: { method: 'GET' },
  actor: { name: 'alice' },
  ...rest,
});

describe('an event', () => {
  const kinds: [string, object, string][] = [
    ['a push with a tag', of('push', { tag: 'v1', digest, url: manifestUrl }), 'push'],
    ['a push by digest', of('push', { digest, url: manifestUrl }), 'push'],
    [
      'a push without a URL',
      of('push', { digest, mediaType: 'application/vnd.oci.image.index.v1+json' }),
      'push',
    ],
    ['a push of a blob', of('push', { digest, url: `http://r/v2/alice/app/blobs/${digest}` }), 'ignored'],
    [
      'a push of a blob of a repository called manifests',
      of('push', { digest, repository: 'a1/manifests', url: `http://r/v2/a1/manifests/blobs/${digest}` }),
      'ignored',
    ],
    [
      'a push to a repository called blobs',
      of('push', { digest, repository: 'a1/blobs', url: `http://r/v2/a1/blobs/manifests/${digest}` }),
      'push',
    ],
    ['a mount', of('mount', { digest, fromRepository: 'bob/app' }), 'ignored'],
    ['a pull by GET', of('pull', { digest, url: manifestUrl }), 'pull'],
    [
      'a HEAD by digest',
      of('pull', { digest, url: manifestUrl }, { request: { method: 'HEAD' } }),
      'ignored',
    ],
    [
      'a HEAD by tag',
      of('pull', { tag: 'v1', digest, url: manifestUrl }, { request: { method: 'HEAD' } }),
      'pull',
    ],
    ['a pull without tag and digest', of('pull', { url: 'http://r/v2/alice/app/manifests/' }), 'unreadable'],
    ['a pull of an invalid tag', of('pull', { digest, tag: '-', url: manifestUrl }), 'unreadable'],
    ['a pull of a blob', of('pull', { digest, url: `http://r/v2/alice/app/blobs/${digest}` }), 'ignored'],
    [
      'a pull by the index itself',
      of('pull', { digest, url: manifestUrl }, { actor: { name: ':index' } }),
      'ignored',
    ],
    ['an anonymous pull', of('pull', { digest, url: manifestUrl }, { actor: {} }), 'pull'],
    ['a delete by tag', of('delete', { tag: 'v1' }), 'delete'],
    ['a delete by digest', of('delete', { digest }), 'delete'],
    ['a delete of a repository', of('delete', {}), 'delete'],
    ['an official name', of('delete', { repository: 'centos' }), 'delete'],
    ['another action', of('explode', { digest }), 'unreadable'],
    ['no action', { target: { repository: 'alice/app' } }, 'unreadable'],
    ['no target', { action: 'push' }, 'unreadable'],
    ['no repository', { action: 'push', target: { tag: 'v1', digest } }, 'unreadable'],
    ['a deep name', of('push', { repository: 'a/b/c', tag: 'v1' }), 'unreadable'],
    ['an upper-case name', of('push', { repository: 'Alice/app', tag: 'v1' }), 'unreadable'],
    ['a name with U+0000', of('push', { repository: 'alice/app\0', tag: 'v1' }), 'unreadable'],
    ['an invalid tag', of('push', { tag: '../v1', digest, url: manifestUrl }), 'unreadable'],
    ['an invalid digest', of('delete', { digest: 'sha256:xyz' }), 'unreadable'],
    ['a push without tag and digest', of('push', { url: 'http://r/v2/alice/app/manifests/' }), 'unreadable'],
  ];
  for (const [what, event, kind] of kinds)
    it(`with ${what} is: ${kind}`, () => assert.equal(read(event).kind, kind));

  it('of 3.x with empty fields is read like one of 2.8 without them', () => {
    assert.deepEqual(
      read(of('delete', { mediaType: '', digest: '', size: 0, tag: 'v1' })),
      read(of('delete', { tag: 'v1' })),
    );
  });

  it('has the pusher and the time, if it states them', () => {
    const event = read(of('push', { tag: 'v1', digest, url: manifestUrl }));
    assert.deepEqual(event, {
      kind: 'push',
      path: 'alice/app',
      tag: 'v1',
      digest,
      actor: 'alice',
      at: new Date('2026-11-22T02:22:01.119Z'),
    });
    const incomplete = read(
      of('push', { tag: 'v1', url: manifestUrl }, { actor: { name: '' }, timestamp: 'yesterday' }),
    );
    assert.deepEqual(
      [incomplete.kind, 'actor' in incomplete && incomplete.actor, 'at' in incomplete && incomplete.at],
      ['push', undefined, undefined],
    );
  });

  it('of any shape is read without an error', () => {
    fc.assert(fc.property(fc.json(), (text) => void readEvent(Buffer.from(text))));
    fc.assert(
      fc.property(
        fc.constantFrom('push', 'pull', 'delete'),
        fc.jsonValue(),
        fc.jsonValue(),
        (action, tag, other) => {
          const event = read(
            of(action, { tag, digest: other, url: tag }, { actor: other, request: tag, timestamp: other }),
          );
          assert.ok(event.kind);
        },
      ),
    );
  });
});
