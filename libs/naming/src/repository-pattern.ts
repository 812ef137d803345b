/** True when a pattern over `ns/name` matches the path; `*` stands for any characters but the slash. */
export function matchesPattern(pattern: string, path: string): boolean {
  const [patterns, parts] = [pattern.split('/'), path.split('/')];
  return patterns.length === parts.length && patterns.every((part, i) => matches(part, parts[i]!));
}

/**
 * The pattern as SQL's `path like …` takes it. It has one slash and so has a path, so that `%` cannot reach across it;
 * what has none matches nothing.
 */
export function likePattern(pattern: string): string {
  if (!pattern.includes('/')) return '';
  return pattern.replace(/[\\%_]/g, '\\$&').replaceAll('*', '%');
}

// Greedy matching of literal pieces instead of a regular expression: patterns are input, and no input may backtrack.
function matches(pattern: string, text: string): boolean {
  const [head, ...rest] = pattern.split('*');
  const tail = rest.pop();
  if (tail === undefined) return text === head;
  if (text.length < head!.length + tail.length || !text.startsWith(head!) || !text.endsWith(tail))
    return false;
  let at = head!.length;
  for (const piece of rest) {
    const found = text.indexOf(piece, at);
    if (found < 0 || found + piece.length > text.length - tail.length) return false;
    at = found + piece.length;
  }
  return true;
}
