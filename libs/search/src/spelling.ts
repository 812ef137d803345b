// Letters at the beginning that are looked at; further ones are compared only once a name was found.
const beginningLength = 7;
const mostEdits = 2;

/** The part of a name's letters by which it is looked up. */
export function beginningOf(letters: string): string {
  return letters.slice(0, beginningLength);
}

/** The letters and digits of a name: how people misspell a name says nothing of its dashes. */
export function lettersOf(name: string): string {
  return name.replace(/[^\p{L}\p{N}]/gu, '');
}

/** So many edits away a name may be from what was typed: short names are too close to each other for more. */
export function editsAllowed(letters: string): number {
  if (letters.length < 4) return 0;
  return letters.length < 6 ? 1 : mostEdits;
}

/**
 * What is left of the beginning of a name when up to two letters are taken out. Two names are at most two edits apart
 * only if they have one of these in common, so misspelt names are found by looking up whole texts.
 */
export function restsOf(letters: string): string[] {
  let last = new Set([beginningOf(letters)]);
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

/** Letters put in, left out, changed, or two neighbours swapped, to make one text of the other. */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1] ? 0 : 1;
      let least = Math.min(above[column]! + 1, current[column - 1]! + 1, above[column - 1]! + same);
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        least = Math.min(least, before[column - 2]! + 1);
      }
      current.push(least);
    }
    [before, above] = [above, current];
  }
  return above[b.length]!;
}
