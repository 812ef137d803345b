import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { PassThrough } from 'node:stream';
import { BodyEndedEarly, BodyInFragments, BodyTooLarge, collectBody } from './collect-body';

// A body as a request has it: a stream, and perhaps its announced length.
function bodyOf(bytes: Buffer, chunkBytes: number, announced?: number): PassThrough {
  const stream = new PassThrough();
  if (announced !== undefined) Object.assign(stream, { headers: { 'content-length': String(announced) } });
  void (async () => {
    for (let at = 0; at < bytes.length && !stream.destroyed; at += chunkBytes) {
      if (!stream.write(bytes.subarray(at, at + chunkBytes))) {
        await new Promise((resolve) => stream.once('drain', resolve));
      }
    }
    stream.end();
  })();
  return stream;
}

const text = Buffer.from(Array.from({ length: 20_000 }, (_, index) => index % 251));
const named = (error: unknown, type: typeof BodyTooLarge): boolean =>
  (error as Error).constructor.name === type.name;

describe('body', () => {
  for (const chunkBytes of [16, 21, 4_096, 4_097, 20_000]) {
    for (const announced of [undefined, text.length]) {
      it(`is collected from chunks of ${chunkBytes} bytes, announced: ${announced !== undefined}`, async () => {
        for (const keep of [1, 4_095, 4_096, 19_999, 20_000, 50_000]) {
          const { bytes, size } = await collectBody(bodyOf(text, chunkBytes, announced), {
            keep,
            max: 50_000,
          });
          assert.equal(size, text.length);
          assert.ok(bytes.equals(text.subarray(0, keep)), `keep ${keep}`);
        }
      });
    }
  }

  it('is refused as soon as it is larger than allowed, and accepted at the limit', async () => {
    assert.equal((await collectBody(bodyOf(text, 64), { keep: 10, max: 20_000 })).size, 20_000);
    await assert.rejects(collectBody(bodyOf(text, 64), { keep: 10, max: 19_999 }), (error) =>
      named(error, BodyTooLarge),
    );
    const announced = Object.assign(new PassThrough(), { headers: { 'content-length': '20000' } });
    await assert.rejects(collectBody(announced, { keep: 10, max: 19_999 }), (error) =>
      named(error, BodyTooLarge),
    );
  });

  it('is refused after 1,000 tiny parts; small bodies may have any', async () => {
    assert.equal(
      (await collectBody(bodyOf(text.subarray(0, 1_000), 1), { keep: 10, max: 20_000 })).size,
      1_000,
    );
    for (const chunkBytes of [1, 15]) {
      const fragments = collectBody(bodyOf(text, chunkBytes), { keep: 10, max: 20_000 });
      await assert.rejects(fragments, (error) => named(error, BodyInFragments));
    }
  });

  it('that ends early is refused', async () => {
    const stream = new PassThrough();
    const collected = collectBody(stream, { keep: 10, max: 10 });
    stream.write('abc');
    stream.destroy();
    await assert.rejects(collected, (error) => named(error, BodyEndedEarly));
  });
});
