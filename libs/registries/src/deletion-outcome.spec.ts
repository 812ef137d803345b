import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { deletionOutcomeOf, type DeletionOutcome } from './deletion-outcome';
import type { RegistryKind } from './registry';

describe('the response to a deletion', () => {
  // Seen at docker-registry 2.8.2, registry 3.1.2 and zot 2.1.20; without a code, the body is a proxy's.
  const responses: [RegistryKind, number, string | undefined, DeletionOutcome | undefined][] = [
    ['distribution2', 202, undefined, 'deleted'],
    ['distribution2', 404, 'MANIFEST_UNKNOWN', 'deleted'],
    ['distribution2', 404, 'NAME_UNKNOWN', 'deleted'],
    ['distribution2', 404, undefined, undefined],
    ['distribution2', 400, 'DIGEST_INVALID', 'by-digest-only'],
    ['distribution2', 405, 'UNSUPPORTED', 'disabled'],
    ['distribution2', 405, undefined, 'disabled'],
    ['distribution3', 202, undefined, 'deleted'],
    ['distribution3', 404, 'MANIFEST_UNKNOWN', 'deleted'],
    ['distribution3', 405, 'UNSUPPORTED', 'disabled'],
    ['distribution3', 500, 'UNKNOWN', undefined],
    ['zot', 202, undefined, 'deleted'],
    ['zot', 404, 'MANIFEST_UNKNOWN', 'deleted'],
    ['zot', 404, undefined, undefined],
    ['zot', 400, 'NAME_UNKNOWN', 'deleted'],
    ['zot', 400, 'UNSUPPORTED', undefined],
    ['zot', 400, undefined, undefined],
    ['zot', 405, 'DENIED', 'referenced'],
    ['zot', 405, undefined, undefined],
    ['v1', 404, 'NOT_FOUND', undefined],
  ];
  for (const [kind, status, code, outcome] of responses) {
    it(`of ${kind} with ${status} ${code ?? 'without a code'} means ${outcome ?? 'nothing lasting'}`, () => {
      assert.equal(deletionOutcomeOf(kind, status, code), outcome);
    });
  }
});
