import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { referredDigest, type ImageKind } from './image-kind';

const hex = 'ab'.repeat(32);
const digest = `sha256:${hex}`;
const subject = `sha256:${'0'.repeat(64)}`;
const platform = { os: 'linux', architecture: 'amd64' };

describe('the digest that a tag refers to', () => {
  const tags: [tag: string, kind: ImageKind, subject: string | null, platforms: object[], string | null][] = [
    [`sha256-${hex}.sig`, 'signature', null, [], digest],
    [`sha256-${hex}.att`, 'attestation', null, [], digest],
    [`sha256-${hex}.sbom`, 'sbom', null, [], digest],
    [`sha256-${hex}`, 'index', null, [], digest],
    [`sha512-${hex.repeat(2)}`, 'index', null, [], `sha512:${hex.repeat(2)}`],
    ['v1', 'image', null, [platform], null],
    ['v1', 'artifact', subject, [], null],
    ['v1-sbom', 'sbom', subject, [], subject],
    ['v1-sbom', 'sbom', null, [], null],
    // What runs is a version, whatever its tag is called.
    [`sha256-${hex}`, 'image', null, [platform], null],
    [`sha256-${hex}`, 'index', null, [platform], null],
    [`sha256-${hex}.signed`, 'artifact', null, [], null],
    [`sha256-${hex.slice(2)}`, 'index', null, [], null],
  ];
  for (const [tag, kind, subjectOf, platforms, expected] of tags) {
    it(`of ${kind} ${tag} is ${expected ?? 'absent'}`, () => {
      assert.equal(referredDigest(tag, { kind, subject: subjectOf, platforms }), expected);
    });
  }
});
