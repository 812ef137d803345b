// Letters at the beginning that are looked at; further ones are compared only once a name was found.
const prefixLength = 7;
const maxEdits = 2;

/** The part of a name's letters by which it is looked up. */
export function prefixOf(letters: string): string {
  return letters.slice(0, prefixLength);
}

/** The letters and digits of a name: how people misspell a name says nothing of its dashes. */
export function lettersOf(name: string): string {
  return name.replace(/[^\p{L}\p{N}]/gu, '');
}

/** So many edits away a name may be from what was typed: short names are too close to each other for more. */
export function editsAllowed(letters: string): number {
  if (letters.length < 4) return 0;
  return letters.length < 6 ? 1 : maxEdits;
}

/**
 * What is left of the beginning of a name when up to two letters are taken out. Two names are at most two edits apart
 * only if they have one of these in common, so misspelt names are found by looking up whole texts.
 */
export function deleteVariants(letters: string): string[] {
  let last = new Set([prefixOf(letters)]);
  const rests = new Set(last);
  for (let taken = 0; taken < editsAllowed(letters); taken++) {
    const shorter = new Set<string>();
    for (const text of last) {
      for (let at = 0; at < text.length; at++) shorter.add(text.slice(0, at) + text.slice(at + 1));
    }
    for (const text of shorter) rests.add(text);
    last = shorter;
  }
  return [...rests];
}

/**
 * Letters put in, left out, changed, or two neighbours swapped, to make one text of the other; some number above `most`
 * where there are more of them.
 */
export function osaDistance(a: string, b: string, most: number): number {
  const beyond = most + 1;
  if (Math.abs(a.length - b.length) > most) return beyond;
  const row = (): number[] => new Array<number>(b.length + 2).fill(beyond);
  let [before, above, current] = [row(), row(), row()];
  for (let column = 0; column <= Math.min(most, b.length); column++) above[column] = column;
  // Beginnings of such lengths that they differ by more letters than `most` are not looked at.
  for (let length = 1; length <= a.length; length++) {
    const from = Math.max(1, length - most);
    const to = Math.min(b.length, length + most);
    current[from - 1] = from === 1 ? length : beyond;
    for (let column = from; column <= to; column++) {
      const isSame = a[length - 1] === b[column - 1];
      let least = Math.min(above[column]!, current[column - 1]!, above[column - 1]! - (isSame ? 1 : 0)) + 1;
      const isSwapped = length > 1 && a[length - 1] === b[column - 2] && a[length - 2] === b[column - 1];
      if (isSwapped) least = Math.min(least, before[column - 2]! + 1);
      current[column] = least;
    }
    current[to + 1] = beyond;
    [before, above, current] = [above, current, before];
  }
  return above[b.length]!;
}
