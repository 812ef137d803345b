import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import type { Image } from '../contents/image-reader';
import { prematurePushes, resolveEvents, type PendingEvent } from './event-resolution';

const count = 20_000;
const digestOf = (at: number): string => `sha256:${String(at).padStart(64, '0')}`;
const image = (digest: string): Image => ({
  digest,
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  kind: 'image',
  size: 1,
  platforms: [],
  artifactType: null,
  subject: null,
  builtAt: null,
  labels: {},
  children: [],
});
const push = (id: number, tag: string, digest: string, seconds: number): PendingEvent => {
  const at = new Date(seconds * 1_000);
  return {
    id: String(id),
    receivedAt: at,
    event: { kind: 'push', path: 'alice/app', tag, digest, actor: 'alice', at },
  };
};

describe('events of one repository that are resolved together', () => {
  it('take time that grows with their number, not with its square', () => {
    // Each tag is pushed twice; the registry serves the second image.
    const events = Array.from({ length: count }, (_, at) => [
      push(2 * at, `v${at}`, digestOf(2 * at), 2 * at),
      push(2 * at + 1, `v${at}`, digestOf(2 * at + 1), 2 * at + 1),
    ]).flat();
    const fetched = new Map(
      Array.from({ length: count }, (_, at) => [`v${at}`, image(digestOf(2 * at + 1))] as const),
    );
    const start = process.cpuUsage();
    const { tags } = resolveEvents([], events, fetched, () => '7');
    const premature = prematurePushes(events, fetched);
    const { user, system } = process.cpuUsage(start);
    assert.deepEqual(
      tags.filter(({ digest, reported, pushedAt }, at) => {
        const isNewest = digest === digestOf(2 * at + 1) && pushedAt.getTime() === (2 * at + 1) * 1_000;
        return !isNewest || !reported;
      }),
      [],
    );
    assert.equal(tags.length, count);
    assert.deepEqual(premature, []);
    // Compared pair by pair, a quarter of them takes 3 s.
    assert.ok(user + system < 2_000_000, `${(user + system) / 1_000} ms of processor time`);
  });

  it('are premature until the registry serves what was pushed, or a later push of the same tag', () => {
    const first = push(1, 'v1', digestOf(1), 1);
    const second = push(2, 'v1', digestOf(2), 2);
    const serves = (digest: string | undefined): Map<string, Image | undefined> =>
      new Map([['v1', digest === undefined ? undefined : image(digest)]]);
    assert.deepEqual(prematurePushes([first, second], serves(digestOf(2))), []);
    assert.deepEqual(prematurePushes([first, second], serves(digestOf(1))), [second]);
    assert.deepEqual(prematurePushes([first, second], serves(undefined)), [first, second]);
  });
});
