// Marks of scripts whose letters are also written without them. In others, as of India, marks are vowels.
const accented = /([\p{sc=Latin}\p{sc=Greek}\p{sc=Cyrillic}\p{sc=Hebrew}\p{sc=Arabic}])\p{Mn}+/gu;

// Letters that Unicode does not decompose into a letter and its mark.
const letters: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ħ: 'h',
  ı: 'i',
  ł: 'l',
  ŧ: 't',
  þ: 'th',
};
const special = new RegExp(`[${Object.keys(letters).join('')}]`, 'g');

const isPlain = /^[ -~]*$/;

/**
 * A folded word without accents: `café` as `cafe`, `straße` as `strasse`, `ёлка` as `елка`. The word itself if it has none.
 * Both spellings find each other, the exact one first.
 */
export function withoutAccents(word: string): string {
  if (isPlain.test(word)) return word;
  return word
    .replace(special, (letter) => letters[letter]!)
    .normalize('NFD')
    .replace(accented, '$1')
    .normalize('NFC');
}
