// What a name may be, for the person whose name was refused. The grammars are in account-name.ts and repository-name.ts.

const grammar = 'lower-case letters and digits, with one ., one or two _, or dashes between them';

/** What the name of an account may be. */
export const accountNameRule =
  'must be 3 to 30 lower-case letters and digits, with single - or _ between them';

/** What the name of a namespace may be. */
export const namespaceNameRule = `must be 2 to 255 ${grammar}`;

/** What the name of a repository in its namespace may be. */
export const repositoryNameRule = `must be ${grammar}, without a slash; with its namespace at most 255 characters`;

/** What the name of an official repository may be. */
export const officialNameRule = `must be ${grammar}, at most 255 characters, and not 64 hexadecimal digits`;
