import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { lastingAnswer, type LastingAnswer, type RegistryRequest } from './lasting-answers';
import type { RegistryKind } from './registry';

describe('the error of a registry', () => {
  // Seen at docker-registry 2.8.2, registry 3.1.2 and in zot's source; without a code, the body is empty or a proxy's.
  const rows: [RegistryKind, RegistryRequest, number, string | undefined, LastingAnswer | undefined][] = [
    ['distribution2', 'read', 404, 'MANIFEST_UNKNOWN', 'absent'],
    ['distribution2', 'read', 404, 'NAME_UNKNOWN', 'absent'],
    ['distribution2', 'read', 404, 'BLOB_UNKNOWN', 'absent'],
    ['distribution2', 'read', 404, undefined, undefined],
    ['distribution2', 'read', 400, 'NAME_INVALID', 'absent'],
    ['distribution2', 'read', 400, 'PAGINATION_NUMBER_INVALID', undefined],
    ['distribution2', 'read', 405, 'UNSUPPORTED', undefined],
    ['distribution2', 'read', 500, 'UNKNOWN', undefined],
    ['distribution2', 'referrers', 404, undefined, 'disabled'],
    ['distribution3', 'referrers', 404, undefined, 'disabled'],
    ['distribution3', 'referrers', 405, undefined, 'disabled'],
    ['zot', 'referrers', 404, undefined, 'absent'],
    ['zot', 'referrers', 500, undefined, undefined],
    ['distribution3', 'write', 400, 'MANIFEST_BLOB_UNKNOWN', 'rejected'],
    ['distribution3', 'write', 500, 'MANIFEST_BLOB_UNKNOWN', 'rejected'],
    ['distribution3', 'write', 500, 'UNKNOWN', undefined],
    ['distribution3', 'write', 403, 'DENIED', 'rejected'],
    ['distribution3', 'write', 403, undefined, undefined],
    ['distribution3', 'write', 404, 'BLOB_UPLOAD_UNKNOWN', undefined],
    ['distribution3', 'write', 405, undefined, 'disabled'],
    ['zot', 'write', 415, 'MANIFEST_INVALID', 'rejected'],
    ['zot', 'write', 400, 'BLOB_UNKNOWN', 'rejected'],
    ['zot', 'write', 500, 'MANIFEST_INVALID', undefined],
    ['zot', 'write', 403, 'DENIED', undefined],
    ['v1', 'read', 404, 'NOT_FOUND', undefined],
  ];
  for (const [kind, request, status, code, answer] of rows) {
    it(`${status} ${code ?? 'without a code'} of ${kind} to ${request} means ${answer ?? 'nothing lasting'}`, () => {
      assert.equal(lastingAnswer(kind, request, status, code), answer);
    });
  }
});
