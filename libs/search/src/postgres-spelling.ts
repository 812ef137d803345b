import type { Database } from '@central-index/platform/database';
import { hashed } from './postgres-terms';
import type { SearchDocument } from './search-document';
import type { SimilarName } from './search-engine';
import { beginningOf, editDistance, editsAllowed, lettersOf, restsOf } from './spelling';
import { renown } from './weights';

// About what an official repository weighs before anybody starred it: below that, people typed what they meant.
const leastRenown = 4.5;
// As many as one search may look at; names sharing a beginning are many, but few of them are popular.
const mostNames = 500;

const restOf = (letters: string): string => hashed(`rest:${letters}`);

/** A name of the dictionary, and how popular the most popular repository of that name is. */
export interface SpeltName {
  readonly name: string;
  readonly weight: number;
}

/** What names that the text may be a misspelling of are looked up by; nothing for texts that are not corrected. */
export function restTerms(text: string): string[] {
  const typed = lettersOf(text);
  return editsAllowed(typed) === 0 ? [] : restsOf(typed).map(restOf);
}

/** `select name, weight` of the names that have one of these terms: the most popular ones. */
export const nearNamesSql = (terms: string): string =>
  `select name, max(weight) as weight from search_spelling where rest = any(${terms}::bigint[])
   group by name order by weight desc limit ${mostNames}`;

/** Of such names those that the text may be a misspelling of, likeliest first. */
export function likeliest(text: string, names: readonly SpeltName[]): SimilarName[] {
  const typed = lettersOf(text);
  const allowed = editsAllowed(typed);
  return names
    .map(({ name, weight }) => ({ name, weight, edits: editDistance(typed, lettersOf(name)) }))
    .filter(({ name, edits }) => name !== text && edits <= Math.min(allowed, editsAllowed(lettersOf(name))))
    .sort((a, b) => a.edits - b.edits || b.weight - a.weight || (a.name < b.name ? -1 : 1));
}

/**
 * The dictionary of spelling: names of popular public repositories. A name stays when its repositories go; whoever uses
 * it asks what is found by it.
 */
export class PostgresSpelling {
  constructor(private readonly database: Database) {}

  /** Names that the text may be a misspelling of, likeliest first. */
  async similar(text: string): Promise<SimilarName[]> {
    const rests = restTerms(text);
    if (rests.length === 0) return [];
    return likeliest(text, await this.database.prepared<SpeltName>(nearNamesSql('$1'), [rests]));
  }

  /** Takes in the names of documents that are popular enough, where they are new or weigh more than was known. */
  async learn(documents: readonly SearchDocument[]): Promise<void> {
    const weights = new Map<string, number>();
    for (const document of documents) {
      const { name } = document;
      const weight = renown(document);
      if (document.private || weight < leastRenown || editsAllowed(lettersOf(name)) === 0) continue;
      weights.set(name, Math.max(weights.get(name) ?? 0, Math.floor(weight)));
    }
    if (weights.size === 0) return;
    const names = [...weights].map(([name, weight]) => ({
      name,
      weight,
      rest: restOf(beginningOf(lettersOf(name))),
    }));
    // Each is looked up: the planner would rather read the whole dictionary.
    const news = await this.database.prepared<SpeltName>(
      `select name, weight from unnest($1::text[], $2::smallint[], $3::bigint[]) as learnt(name, weight, rest)
       left join lateral (select known.weight as had from search_spelling as known
         where known.rest = learnt.rest and known.name = learnt.name limit 1) as known on true
       where had is null or had < weight`,
      [names.map(({ name }) => name), names.map(({ weight }) => weight), names.map(({ rest }) => rest)],
    );
    const rows = news.flatMap(({ name, weight }) =>
      restsOf(lettersOf(name)).map((letters) => ({ name, weight, rest: restOf(letters) })),
    );
    if (rows.length === 0) return;
    // In one order, so that two who learn the same names never wait for each other crosswise.
    await this.database.rows(
      `insert into search_spelling (rest, name, weight)
       select rest, name, weight from json_to_recordset($1::json) as learnt(rest bigint, name text, weight smallint)
       order by rest, name
       on conflict (rest, name) do update set weight = excluded.weight where search_spelling.weight < excluded.weight`,
      [JSON.stringify(rows)],
    );
  }
}
