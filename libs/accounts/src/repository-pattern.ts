const component = '(?=[a-z0-9*])[a-z0-9*._-]+';
const pattern = new RegExp(`^(?:${component}/)?${component}$`);

/**
 * True for a pattern over `ns/name`, as access tokens have them: two components of the characters of names and `*`, which
 * stands for any characters inside one component. Official repositories are `library/x`, or `x` alone; `*` alone is no
 * pattern, because it could mean official repositories or all.
 */
export function isRepositoryPattern(text: string): boolean {
  const isShort = canonicalRepositoryPattern(text).length <= 255;
  return isShort && text !== '*' && pattern.test(text);
}

/** The pattern with both components: `library/redis` for `redis`. */
export function canonicalRepositoryPattern(text: string): string {
  return text.includes('/') ? text : `library/${text}`;
}
