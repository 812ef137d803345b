import { Converter } from 'opencc-js/t2cn';

// No chain of variants is longer; a test asserts that no chain is circular.
const maxSteps = 4;

/**
 * The form that stands for all variants of a Chinese character: Traditional 開 and Simplified 开; Japanese 発,
 * Traditional 發 and Simplified 发. It converts characters one by one, so that every part of a text is found in the text.
 * In Simplified, many characters are merged (發 and 髮), so some words also match unrelated ones.
 */
export function foldHan(character: string): string {
  const cached = folded.get(character);
  if (cached !== undefined) return cached;
  let [from, to] = [character, convert(character)];
  for (let step = 1; to !== from && step < maxSteps; step++) [from, to] = [to, convert(to)];
  folded.set(character, to);
  return to;
}

// Bounded by the number of characters that exist.
const folded = new Map<string, string>();

type Conversion = (text: string) => string;
// The types of the package are not found under the module resolution of Node.
const createConversion: (forms: { from: string; to: string }) => Conversion = Converter;
let conversions: { readonly traditional: Conversion; readonly japanese: Conversion } | undefined;

function convert(character: string): string {
  // Created for the first character: the tables take 60 ms and 3 MB, and many commands need none.
  conversions ??= {
    traditional: createConversion({ from: 't', to: 'cn' }),
    japanese: createConversion({ from: 'jp', to: 'cn' }),
  };
  const simplified = conversions.traditional(character);
  return simplified === character ? conversions.japanese(character) : simplified;
}
