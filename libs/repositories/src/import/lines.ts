import { StringDecoder } from 'node:string_decoder';

// A line is one repository; whatever is longer is no such file, and must not fill the memory.
const maxLine = 64 * 1024;

/** The lines of UTF-8 bytes, one at a time; undefined stands for a line that is too long to be read. */
export async function* splitLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string | undefined> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let tooLong = false;
  for await (const chunk of chunks) {
    const pieces = (rest + decoder.write(chunk)).split('\n');
    rest = pieces.pop()!;
    for (const piece of pieces) {
      yield tooLong || piece.length > maxLine ? undefined : piece;
      tooLong = false;
    }
    if (rest.length > maxLine) {
      tooLong = true;
      rest = '';
    }
  }
  rest += decoder.end();
  if (tooLong || rest !== '') yield tooLong ? undefined : rest;
}
