import { hashed } from './terms';
import { deleteVariants, editsAllowed, lettersOf } from '../../query/spelling';

/** The hash of a deletion key. The word in front of it is a part of stored hashes and cannot change. */
export const hashOfKey = (deletionKey: string): string => hashed(`rest:${deletionKey}`);

/** Hashes of the deletion keys that a text has in common with names it may misspell; none for texts too short to correct. */
export function nearHashes(text: string): string[] {
  const letters = lettersOf(text);
  return editsAllowed(letters) === 0 ? [] : deleteVariants(letters).map(hashOfKey);
}

/** The numbers of letters that a name may have of which the text is a misspelling. */
export function nearLengths(text: string): string[] {
  const letters = lettersOf(text);
  const edits = editsAllowed(letters);
  return Array.from({ length: 2 * edits + 1 }, (_, more) => String(letters.length - edits + more));
}
