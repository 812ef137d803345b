/** What the oracle knows of a repository. */
export interface Row {
  readonly namespace: string;
  readonly name: string;
  readonly description: string;
  readonly official: boolean;
  readonly automated: boolean;
  readonly secret: boolean;
  readonly stars: number;
}

/** Whose private repositories the caller sees, `ns/name` matching; nobody's by default. */
export type Sees = (path: string) => boolean;

/** Filters that were taken. */
export interface Filters {
  readonly official?: boolean;
  readonly automated?: boolean;
  readonly stars?: number;
  readonly namespace?: string;
}

export const fullName = ({ official, namespace, name }: Row): string =>
  official ? name : `${namespace}/${name}`;

/** Everything that may be shown at all, whatever is typed. */
export function allowed(rows: readonly Row[], sees: Sees, filters: Filters): Row[] {
  return rows.filter(
    (row) =>
      (!row.secret || sees(`${row.namespace}/${row.name}`)) &&
      (filters.official ?? row.official) === row.official &&
      (filters.automated ?? row.automated) === row.automated &&
      (filters.namespace ?? row.namespace) === row.namespace &&
      row.stars >= (filters.stars ?? 0),
  );
}

/** What a text without slashes, colons and at signs finds, from the rules as docs/search.md states them. */
export function found(rows: readonly Row[], typed: string): Row[] {
  const { words, single } = understood(typed);
  if (words.length === 0) return [];
  return rows.filter((row) => {
    const had = new Set([
      ...split(row.name),
      ...(row.official ? [] : split(row.namespace)),
      ...split(row.description),
      ...(row.official ? split(row.description).flatMap(beginnings) : []),
    ]);
    if (words.every((word) => had.has(word))) return true;
    return (
      single !== undefined && (row.name.startsWith(single) || (!row.official && row.namespace === single))
    );
  });
}

/** The one word that a text is, where it is a name; its spelling may be corrected. */
export function understood(typed: string): { words: string[]; single?: string } {
  const parts = typed
    .slice(0, 100)
    .toLowerCase()
    .split(/[\s\x00-\x1f\x7f"'`]+/)
    .map((part) => part.replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, ''))
    .filter((part) => part !== '');
  const words = [...new Set(split(parts.join(' ')))].slice(0, 10);
  const [first = ''] = parts;
  return parts.length === 1 && /^[a-z0-9._-]+$/.test(first) ? { words, single: first } : { words };
}

const split = (text: string): string[] =>
  (text.toLowerCase().match(/[a-z0-9]+/g) ?? []).map((word) => word.slice(0, 64));

const beginnings = (word: string): string[] =>
  word.length < 7 ? [] : Array.from({ length: word.length - 4 }, (_, more) => word.slice(0, 4 + more));
