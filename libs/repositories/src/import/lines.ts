import { StringDecoder } from 'node:string_decoder';

// In characters. A line is one repository; a file with longer lines is something else and must not fill the memory.
const maxLineLength = 64 * 1024;

/** The lines of UTF-8 text, one at a time; undefined stands for a line that is too long. */
export async function* splitLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string | undefined> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let tooLong = false;
  for await (const chunk of chunks) {
    const pieces = (rest + decoder.write(chunk)).split('\n');
    rest = pieces.pop()!;
    for (const piece of pieces) {
      yield tooLong || piece.length > maxLineLength ? undefined : piece;
      tooLong = false;
    }
    if (rest.length > maxLineLength) {
      tooLong = true;
      rest = '';
    }
  }
  rest += decoder.end();
  if (tooLong || rest !== '') yield tooLong ? undefined : rest;
}
