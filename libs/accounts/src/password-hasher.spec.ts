import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { DomainError } from '@central-index/platform/errors';
import { PasswordHasher } from './password-hasher';

describe('password hasher', () => {
  const hasher = new PasswordHasher();

  it('makes Argon2id hashes of 19 MiB, two passes, one lane, each with a salt of its own', async () => {
    const [one, other] = [await hasher.hash('a fine passphrase'), await hasher.hash('a fine passphrase')];
    assert.match(one, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    assert.notEqual(one, other);
  });

  it('distinguishes passwords beyond their first 72 bytes (S04)', async () => {
    const start = 'x7'.repeat(36);
    const hash = await hasher.hash(`${start}first`);
    assert.equal(await hasher.verify(hash, `${start}first`), true);
    assert.equal(await hasher.verify(hash, `${start}other`), false);
    assert.equal(await hasher.verify(hash, start), false);
  });

  it('treats composed and decomposed letters as the same (S04)', async () => {
    const composed = 'crème brûlée à la carte'.normalize('NFC');
    const decomposed = composed.normalize('NFD');
    assert.notEqual(composed, decomposed);
    assert.equal(await hasher.verify(await hasher.hash(composed), decomposed), true);
    assert.equal(await hasher.verify(await hasher.hash(decomposed), composed), true);
  });

  it('accepts no password where there is no hash', async () => {
    assert.equal(await hasher.verify(null, ''), false);
    assert.equal(await hasher.verify(null, 'anything at all'), false);
  });

  it('runs two at a time, queues 64, refuses the others immediately with 503, and then continues (S05)', async () => {
    let running = 0;
    let maxRunning = 0;
    const ends: (() => void)[] = [];
    const work = async (): Promise<void> => {
      running += 1;
      maxRunning = Math.max(maxRunning, running);
      await new Promise<void>((end) => ends.push(end));
      running -= 1;
    };
    const results = Promise.allSettled(Array.from({ length: 100 }, () => hasher.withSlot(work)));
    let done = 0;
    while (done < 66) {
      ends[done]?.();
      if (ends[done]) done += 1;
      await new Promise(setImmediate);
    }
    const refused = (await results).filter((result) => result.status === 'rejected');
    assert.equal(maxRunning, 2);
    assert.equal(refused.length, 34);
    for (const { reason } of refused) {
      assert.ok(reason instanceof DomainError);
      assert.equal(reason.status, 503);
      assert.ok(reason.retryAfterSeconds! >= 1);
    }
    assert.equal(await hasher.withSlot(async () => 'again'), 'again');
  });

  it('frees a slot when the work fails', async () => {
    for (let attempt = 0; attempt < 3; attempt += 1) {
      await assert.rejects(
        hasher.withSlot(() => Promise.reject(new Error('failed'))),
        /failed/,
      );
    }
    assert.equal(await hasher.withSlot(async () => 1), 1);
  });
});
