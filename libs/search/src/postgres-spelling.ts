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

/**
 * The dictionary of spelling: names of popular public repositories. A name stays when its repositories go; whoever uses
 * it asks what is found by it.
 */
export class PostgresSpelling {
  constructor(private readonly database: Database) {}

  /** Names that the text may be a misspelling of, likeliest first. */
  async similar(text: string): Promise<SimilarName[]> {
    const typed = lettersOf(text);
    const allowed = editsAllowed(typed);
    if (allowed === 0) return [];
    const rows = await this.database.prepared<{ name: string; weight: number }>(
      `select name, max(weight) as weight from search_spelling where rest = any($1::bigint[])
       group by name order by weight desc limit ${mostNames}`,
      [restsOf(typed).map(restOf)],
    );
    return rows
      .map(({ name, weight }) => ({ name, weight, edits: editDistance(typed, lettersOf(name)) }))
      .filter(({ name, edits }) => name !== text && edits <= Math.min(allowed, editsAllowed(lettersOf(name))))
      .sort((a, b) => a.edits - b.edits || b.weight - a.weight || (a.name < b.name ? -1 : 1));
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
    const news = await this.database.rows<{ name: string; weight: number }>(
      `select name, weight from json_to_recordset($1::json) as learnt(name text, weight smallint, rest bigint)
       where not exists (select from search_spelling as known where known.rest = learnt.rest
         and known.name = learnt.name and known.weight >= learnt.weight)`,
      [JSON.stringify(names)],
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
