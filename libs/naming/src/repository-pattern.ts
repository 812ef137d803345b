/** True when a pattern over `ns/name` matches the path; `*` stands for any characters except the slash. */
export function matchesPattern(pattern: string, path: string): boolean {
  const [patterns, parts] = [pattern.split('/'), path.split('/')];
  return patterns.length === parts.length && patterns.every((part, i) => matches(part, parts[i]!));
}

/**
 * Returns the pattern for SQL's `path like …`. Patterns and paths have exactly one slash, so `%` cannot match across it; a
 * pattern without a slash matches nothing.
 */
export function likePattern(pattern: string): string {
  if (!pattern.includes('/')) return '';
  return pattern.replace(/[\\%_]/g, '\\$&').replaceAll('*', '%');
}

// Greedy matching of literal pieces, not a regular expression: patterns are input, and no input may cause backtracking.
function matches(pattern: string, text: string): boolean {
  const [head, ...rest] = pattern.split('*');
  const tail = rest.pop();
  if (tail === undefined) return text === head;
  if (text.length < head!.length + tail.length || !text.startsWith(head!) || !text.endsWith(tail))
    return false;
  let position = head!.length;
  for (const piece of rest) {
    const index = text.indexOf(piece, position);
    if (index < 0 || index + piece.length > text.length - tail.length) return false;
    position = index + piece.length;
  }
  return true;
}
