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

  it('tells passwords apart beyond their first 72 bytes (S04)', async () => {
    const start = 'x7'.repeat(36);
    const hash = await hasher.hash(`${start}first`);
    assert.equal(await hasher.verify(hash, `${start}first`), true);
    assert.equal(await hasher.verify(hash, `${start}other`), false);
    assert.equal(await hasher.verify(hash, start), false);
  });

  it('takes composed and decomposed letters for the same (S04)', async () => {
    const composed = 'crème brûlée à la carte'.normalize('NFC');
    const decomposed = composed.normalize('NFD');
    assert.notEqual(composed, decomposed);
    assert.equal(await hasher.verify(await hasher.hash(composed), decomposed), true);
    assert.equal(await hasher.verify(await hasher.hash(decomposed), composed), true);
  });

  it('finds no password right where there is no hash', async () => {
    assert.equal(await hasher.verify(null, ''), false);
    assert.equal(await hasher.verify(null, 'anything at all'), false);
  });

  it('works on two at a time, queues 64, refuses the rest at once with 503, and then goes on (S05)', async () => {
    let running = 0;
    let most = 0;
    const ends: (() => void)[] = [];
    const work = async (): Promise<void> => {
      running += 1;
      most = Math.max(most, running);
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
    assert.equal(most, 2);
    assert.equal(refused.length, 34);
    for (const { reason } of refused) {
      assert.ok(reason instanceof DomainError);
      assert.equal(reason.status, 503);
      assert.ok(reason.retryAfterSeconds! >= 1);
    }
    assert.equal(await hasher.withSlot(async () => 'again'), 'again');
  });

  it('gives a slot back when the work fails', async () => {
    for (let round = 0; round < 3; round += 1) {
      await assert.rejects(
        hasher.withSlot(() => Promise.reject(new Error('failed'))),
        /failed/,
      );
    }
    assert.equal(await hasher.withSlot(async () => 1), 1);
  });
});
