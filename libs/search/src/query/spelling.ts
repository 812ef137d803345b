// The number of letters that keys are made of; the other letters are compared after a lookup.
const prefixLength = 7;
const maxEdits = 2;

/** The part of a name's letters that its deletion keys are made of. */
export function prefixOf(letters: string): string {
  return letters.slice(0, prefixLength);
}

/** The letters and digits of a name: separators say nothing about how a name is misspelt. */
export function lettersOf(name: string): string {
  return name.replace(/[^\p{L}\p{N}]/gu, '');
}

/** The number of edits within which a name counts as similar: short names resemble each other too much for more. */
export function editsAllowed(letters: string): number {
  if (letters.length < 4) return 0;
  return letters.length < 6 ? 1 : maxEdits;
}

/**
 * The deletion keys of a name, as in SymSpell: its prefix with up to two letters deleted. Two names are at most two edits
 * apart only if they have a key in common, so misspelt names are found by looking up equal keys.
 */
export function deleteVariants(letters: string): string[] {
  let last = new Set([prefixOf(letters)]);
  const variants = new Set(last);
  for (let deleted = 0; deleted < editsAllowed(letters); deleted++) {
    const shorter = new Set<string>();
    for (const text of last) {
      for (let at = 0; at < text.length; at++) shorter.add(text.slice(0, at) + text.slice(at + 1));
    }
    for (const text of shorter) variants.add(text);
    last = shorter;
  }
  return [...variants];
}

/**
 * The optimal string alignment distance: how many letters are inserted, deleted or replaced, or neighbours swapped, to
 * turn one text into the other. Some number above `max` if there are more.
 */
export function osaDistance(a: string, b: string, max: number): number {
  const beyond = max + 1;
  if (Math.abs(a.length - b.length) > max) return beyond;
  const row = (): number[] => new Array<number>(b.length + 2).fill(beyond);
  let [before, above, current] = [row(), row(), row()];
  for (let column = 0; column <= Math.min(max, b.length); column++) above[column] = column;
  // Prefixes whose lengths differ by more than `max` are skipped.
  for (let length = 1; length <= a.length; length++) {
    const from = Math.max(1, length - max);
    const to = Math.min(b.length, length + max);
    current[from - 1] = from === 1 ? length : beyond;
    for (let column = from; column <= to; column++) {
      const isSame = a[length - 1] === b[column - 1];
      let edits = Math.min(above[column]!, current[column - 1]!, above[column - 1]! - (isSame ? 1 : 0)) + 1;
      const isSwapped = length > 1 && a[length - 1] === b[column - 2] && a[length - 2] === b[column - 1];
      if (isSwapped) edits = Math.min(edits, before[column - 2]! + 1);
      current[column] = edits;
    }
    current[to + 1] = beyond;
    [before, above, current] = [above, current, before];
  }
  return above[b.length]!;
}
