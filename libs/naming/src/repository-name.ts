/** The parsed name of a repository. `path` is canonical, `full` is shown to people. */
export interface RepositoryName {
  /** `library` for official repositories. */
  readonly namespace: string;
  readonly name: string;
  readonly official: boolean;
  /** `alice/app`, `library/centos`: the same for both spellings of an official name. */
  readonly path: string;
  /** `alice/app`, `centos`. */
  readonly full: string;
}

// The path component of the distribution specification, without nested repetition of one class, so that no input makes
// it backtrack.
const component = /^[a-z0-9]+(?:(?:[.]|_{1,2}|-+)[a-z0-9]+)*$/;
const identifier = /^[0-9a-f]{64}$/;
const maxLength = 255;
const maxOfficialLength = maxLength - 'library/'.length;

/** True for one component of a repository's name, by the grammar of the distribution specification. */
export function isRepositoryComponent(text: string): boolean {
  return text.length <= maxLength && component.test(text);
}

/** True for the name of a namespace, imported or of an organisation included: a component of 2 to 255 characters. */
export function isNamespaceName(text: string): boolean {
  return text.length >= 2 && isRepositoryComponent(text);
}

/**
 * True for the name of an official repository: one component that no client mistakes for an image id, and that is short
 * enough for its canonical path.
 */
export function isOfficialName(text: string): boolean {
  return text.length <= maxOfficialLength && isRepositoryComponent(text) && !identifier.test(text);
}

/**
 * Parses `centos`, `library/centos` or `alice/app`. Returns undefined for everything else: more components, host names,
 * upper case, names whose canonical path is longer than 255 characters.
 */
export function parseRepositoryName(text: string): RepositoryName | undefined {
  if (text.length > maxLength) return undefined;
  const parts = text.split('/');
  const [first, second] = parts;
  if (first === undefined || parts.length > 2) return undefined;
  if (second === undefined || first === 'library') {
    const name = second ?? first;
    return isOfficialName(name)
      ? { namespace: 'library', name, official: true, path: `library/${name}`, full: name }
      : undefined;
  }
  if (!isNamespaceName(first) || !isRepositoryComponent(second)) return undefined;
  const path = `${first}/${second}`;
  return { namespace: first, name: second, official: false, path, full: path };
}
