const component = '(?=[a-z0-9*])[a-z0-9*._-]+';
const pattern = new RegExp(`^${component}/${component}$`);

/**
 * True for a pattern over `ns/name`, as access tokens have them: two components of the characters of names and `*`, which
 * stands for any characters inside one component. Official repositories are `library/x`.
 */
export function isRepositoryPattern(text: string): boolean {
  return text.length <= 255 && pattern.test(text);
}
