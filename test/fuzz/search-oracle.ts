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
  const { words, all, name } = parseQuery(query);
  if (words.length === 0) return [];
  const runs = runsOf(all, 4);
  return rows.filter((row) => {
    const names = [row.name, ...(row.official ? [] : [row.namespace])].map(split);
    const indexed = new Set([
      ...names.flat(),
      ...names.flatMap((of) => [...runsOf(of, 2), of].map((run) => run.join(''))),
      ...split(row.description),
      ...attachedRuns(row.description),
      ...(row.official ? split(row.description).flatMap(prefixes) : []),
      ...(row.official ? attachedRuns(row.description).flatMap(prefixes) : []),
      ...(row.official ? runsOf(split(row.description), 2).map((run) => run.join('')) : []),
      ...split(row.name).slice(1).flatMap(innerPrefixes),
    ]);
    const joined = runs.filter((run) => /[a-z]/.test(run.join('')) && indexed.has(run.join('')));
    if (words.every((word) => indexed.has(word) || joined.some((run) => run.includes(word)))) return true;
    return name !== undefined && (row.name.startsWith(name) || (!row.official && row.namespace === name));
  });
}

/** The words of a query, and the query itself as `name` if it can be a name: then its spelling may be corrected. */
export function parseQuery(query: string): { words: string[]; all: string[]; name?: string } {
  const clean = (text: string): string[] =>
    text
      .toLowerCase()
      .split(/[\s\x00-\x1f\x7f"'`]+/)
      .map((part) => part.replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, ''))
      .filter((part) => part !== '');
  const typed = clean(query.slice(0, 1_000));
  const parts = clean(typed.join(' ').slice(0, typed.length === 1 ? 255 : 100));
  const words = [...new Set(split(parts.join(' ')))].slice(0, 10);
  const all = split(parts.join(' ')).filter((word) => words.includes(word));
  const [first = ''] = parts;
  return parts.length === 1 && /^[a-z0-9._-]+$/.test(first) ? { words, all, name: first } : { words, all };
}

/** Runs of two words or more, up to a number. */
const runsOf = (words: readonly string[], longest: number): string[][] =>
  words.flatMap((_, start) =>
    Array.from({ length: longest - 1 }, (_none, extra) => words.slice(start, start + extra + 2)).filter(
      (run, index) => run.length === index + 2,
    ),
  );

/** Words that one mark joins, as in `node.js`, written as one. */
const attachedRuns = (text: string): string[] =>
  (text.toLowerCase().match(/[a-z0-9]+(?:[^a-z0-9\s][a-z0-9]+)+/g) ?? [])
    .map(split)
    .filter((run) => run.length <= 4)
    .flatMap((run) => [...runsOf(run, 2), run].map((words) => words.join('')))
    .filter((word) => /[a-z]/.test(word));

const innerPrefixes = (word: string): string[] =>
  Array.from({ length: Math.max(0, Math.min(word.length - 1, 12) - 2) }, (_, index) =>
    word.slice(0, 3 + index),
  );

const split = (text: string): string[] =>
  (text.toLowerCase().match(/[a-z0-9]+/g) ?? []).map((word) => word.slice(0, 64));

const prefixes = (word: string): string[] =>
  word.length < 7 ? [] : Array.from({ length: word.length - 4 }, (_, index) => word.slice(0, 4 + index));
