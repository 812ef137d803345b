/** A repository as the oracle knows it. */
export interface Row {
  readonly namespace: string;
  readonly name: string;
  readonly description: string;
  readonly official: boolean;
  readonly automated: boolean;
  readonly isPrivate: boolean;
  readonly stars: number;
}

/** True when the caller may see the private repository with the path `namespace/name`. */
export type CanSee = (path: string) => boolean;

/** The filters of a request; an absent one matches everything. */
export interface Filters {
  readonly official?: boolean;
  readonly automated?: boolean;
  readonly stars?: number;
  readonly namespace?: string;
}

/** The name that results show: without a namespace for official repositories. */
export const fullName = ({ official, namespace, name }: Row): string =>
  official ? name : `${namespace}/${name}`;

/** The repositories that results may contain, whatever the text of the query. */
export function visibleRows(rows: readonly Row[], canSee: CanSee, filters: Filters): Row[] {
  return rows.filter(
    (row) =>
      (!row.isPrivate || canSee(`${row.namespace}/${row.name}`)) &&
      (filters.official ?? row.official) === row.official &&
      (filters.automated ?? row.automated) === row.automated &&
      (filters.namespace ?? row.namespace) === row.namespace &&
      row.stars >= (filters.stars ?? 0),
  );
}

/**
 * The repositories that a query without slashes, colons and at signs matches, by the rules of docs/search.md. Shares no
 * code with the product.
 */
export function matchingRows(rows: readonly Row[], query: string): Row[] {
  const { words, name } = parseQuery(query);
  if (words.length === 0) return [];
  return rows.filter((row) => {
    const indexed = new Set([
      ...split(row.name),
      ...(row.official ? [] : split(row.namespace)),
      ...split(row.description),
      ...(row.official ? split(row.description).flatMap(prefixes) : []),
    ]);
    if (words.every((word) => indexed.has(word))) return true;
    return name !== undefined && (row.name.startsWith(name) || (!row.official && row.namespace === name));
  });
}

/** The words of a query, and the query itself as `name` if it can be a name: then its spelling may be corrected. */
export function parseQuery(query: string): { words: string[]; name?: string } {
  const parts = query
    .slice(0, 100)
    .toLowerCase()
    .split(/[\s\x00-\x1f\x7f"'`]+/)
    .map((part) => part.replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, ''))
    .filter((part) => part !== '');
  const words = [...new Set(split(parts.join(' ')))].slice(0, 10);
  const [first = ''] = parts;
  return parts.length === 1 && /^[a-z0-9._-]+$/.test(first) ? { words, name: first } : { words };
}

const split = (text: string): string[] =>
  (text.toLowerCase().match(/[a-z0-9]+/g) ?? []).map((word) => word.slice(0, 64));

const prefixes = (word: string): string[] =>
  word.length < 7 ? [] : Array.from({ length: word.length - 4 }, (_, index) => word.slice(0, 4 + index));
