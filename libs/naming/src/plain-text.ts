// Unicode's bidirectional algorithm (UAX #9). Embeddings and overrides reorder text beyond their own end, and an isolate
// that is not closed does so up to the end of the line; single marks (U+200E, U+200F, U+061C) affect nothing else.
const embeddings = /[\u202a-\u202e]/;
const isolates = /[\u2066-\u2069]/g;
const closingIsolate = '\u2069';
// Letters that show nothing are blank too: Hangul fillers, the Braille blank, variation selectors.
const blank = /^[\p{Z}\p{C}\p{Default_Ignorable_Code_Point}\u2800]*$/u;
const controls = /[\p{Cc}\p{Zl}\p{Zp}]/u;
const controlsInLines = /[^\P{Cc}\t\r\n]/u;
const lineBreak = /\r\n|[\n\r\u2028\u2029]/;

/** The length of a text as people count it: code points, of which an emoji is one and not two. */
export function countCodePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** True for a text that shows nothing: empty, or only spaces, controls and invisible letters. */
export function isBlank(text: string): boolean {
  return blank.test(text);
}

/** True for one line of text: well-formed, without control characters, and without a reach beyond its own end. */
export function isOneLine(text: string): boolean {
  return text.isWellFormed() && !controls.test(text) && staysInPlace(text);
}

/** True for lines of text, such as Markdown: as `isOneLine`, with line breaks and tabs. */
export function isLines(text: string): boolean {
  return text.isWellFormed() && !controlsInLines.test(text) && text.split(lineBreak).every(staysInPlace);
}

// A text that reorders what follows could show another name, or hide the end of a line.
function staysInPlace(line: string): boolean {
  if (embeddings.test(line)) return false;
  let open = 0;
  for (const [mark] of line.matchAll(isolates)) {
    open += mark === closingIsolate ? -1 : 1;
    if (open < 0) return false;
  }
  return open === 0;
}
