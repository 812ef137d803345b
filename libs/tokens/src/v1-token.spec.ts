import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import fc from 'fast-check';
import type { TokenClaims } from './token-verifier';
import { formatV1Token, isSignedFor, parseV1Token, type V1Access } from './v1-token';

const value = { signature: 'a.b.c', repository: 'foo/bar', access: 'write' } as const;
const text = 'signature=a.b.c,repository="foo/bar",access=write';

describe('tokens of the v1 protocol', () => {
  it('are written without the word that clients put before them', () => {
    assert.equal(formatV1Token(value), text);
  });

  it.each([
    `Token ${text}`,
    `Token Token ${text}`,
    `token ${text}`,
    'Token signature=a.b.c, repository=foo/bar, access=write',
  ])('are read from %s', (authorization) => assert.deepEqual(parseV1Token(authorization), value));

  it.each([
    '',
    text,
    'Token',
    `Basic ${text}`,
    `Token Token Token ${text}`,
    `Token ${text},access=read`,
    `Token ${text},signature=x`,
    'Token signature=a.b.c,repository="foo/bar"',
    'Token signature=a.b.c,repository="foo/bar",access=admin',
    `Token ${text}${'x'.repeat(10_000)}`,
  ])('are not read from %s', (authorization) => assert.equal(parseV1Token(authorization), undefined));

  it('are read as they were written', () => {
    const part = fc.stringMatching(/^[A-Za-z0-9._/-]{1,40}$/);
    const access = fc.constantFrom<V1Access>('read', 'write', 'delete');
    fc.assert(
      fc.property(part, part, access, (signature, repository, opens) => {
        const one = { signature, repository, access: opens };
        assert.deepEqual(parseV1Token(`Token ${formatV1Token(one)}`), one);
      }),
    );
  });

  const claims = (...access: TokenClaims['access']): TokenClaims => ({
    subject: '',
    access,
    restrictions: undefined,
  });
  it.each([
    [[{ type: 'v1-repository', name: 'foo/bar', actions: ['write'] }], true],
    [[{ type: 'repository', name: 'foo/bar', actions: ['write'] }], false],
    [[{ type: 'v1-repository', name: 'foo/baz', actions: ['write'] }], false],
    [[{ type: 'v1-repository', name: 'foo/bar', actions: ['read'] }], false],
    [[{ type: 'v1-repository', name: 'foo/bar', actions: ['read', 'write'] }], false],
    [[], false],
  ])('with the claim %j open the repository: %s', (access, opens) =>
    assert.equal(isSignedFor(claims(...access), value), opens),
  );
});
