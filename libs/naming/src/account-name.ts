// Docker 1.5 wants at least 4 characters, podman and the token grammar none; 3 is the product's choice.
const accountName = /^[a-z0-9]+(?:[_-][a-z0-9]+)*$/;

/** True for a name that a person may sign up with: 3 to 30 lower-case ASCII letters and digits, `_` or `-` between. */
export function isAccountName(text: string): boolean {
  return text.length >= 3 && text.length <= 30 && accountName.test(text);
}

/**
 * What is left of a name when look-alikes are made equal: `l`, `1` and `i`, `0` and `o`, `rn` and `m`, separators
 * dropped. The database's function name_skeleton() does the same; a test compares them.
 */
export function nameSkeleton(name: string): string {
  return name
    .toLowerCase()
    .replace(/[-_.]/g, '')
    .replace(/[1l]/g, 'i')
    .replace(/0/g, 'o')
    .replace(/rn/g, 'm');
}
