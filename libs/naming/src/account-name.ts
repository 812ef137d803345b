// Docker 1.5 requires at least 4 characters, podman and the token grammar set no minimum; 3 is the product's choice.
const accountName = /^[a-z0-9]+(?:[_-][a-z0-9]+)*$/;

/** True for a name that a person may sign up with: 3 to 30 lower-case ASCII letters and digits, `_` or `-` between. */
export function isAccountName(text: string): boolean {
  return text.length >= 3 && text.length <= 30 && accountName.test(text);
}

/**
 * Returns a name as it is stored: in lower case, whatever the case in which a person typed it. Only ASCII letters change,
 * because names consist of them: other letters whose lower case is in ASCII, such as the Kelvin sign, make no name.
 */
export function foldCase(name: string): string {
  return name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/**
 * Returns the skeleton of a name, which is the same for names that look alike: `l` and `1` become `i`, `0` becomes `o`, `5`
 * becomes `s`, `8` becomes `b`, `rn` becomes `m`, `w` becomes `vv` (so that `vvv` equals `vw` and `wv`), and separators are
 * removed. The function `name_skeleton` of the database does the same; a test
 * compares them.
 */
export function nameSkeleton(name: string): string {
  return name
    .toLowerCase()
    .replace(/[-_.]/g, '')
    .replace(/[1l]/g, 'i')
    .replace(/0/g, 'o')
    .replace(/5/g, 's')
    .replace(/8/g, 'b')
    .replace(/rn/g, 'm')
    .replace(/w/g, 'vv');
}
