import type { Database } from '@central-index/platform/database';
import { hashed } from './terms';
import type { SearchDocument } from '../../engine/search-document';
import type { SimilarName } from '../../engine/search-engine';
import { prefixOf, osaDistance, editsAllowed, lettersOf, deleteVariants } from '../../query/spelling';
import { prominence } from '../../ranking/weights';

/** About what an official repository weighs before anybody starred it: below that, people typed what they meant. */
export const minProminence = 4.5;
// As many as one search may look at; names sharing a beginning are many, but few of them are popular.
const maxNames = 500;

const hashOf = (deletionKey: string): string => hashed(`rest:${deletionKey}`);

// A rest is kept with the number of letters of the whole name, so that of names that begin alike, as thousands do with
// `docker`, only those are read that are about as long as what was typed.
const longest = 63;
const restSql = (hash: string, letters: string): string =>
  `((${hash} & ${~longest}) | least(${letters}, ${longest}))`;

/** A name of the dictionary, and how popular the most popular repository of that name is. */
export interface SpeltName {
  readonly name: string;
  readonly weight: number;
}

interface DeletionKey extends SpeltName {
  readonly hash: string;
  readonly letters: number;
}

/** Hashes of what a misspelt name and the text have in common; none for texts that are not corrected. */
export function nearHashes(text: string): string[] {
  const typed = lettersOf(text);
  return editsAllowed(typed) === 0 ? [] : deleteVariants(typed).map(hashOf);
}

/** So many letters may a name have of which the text is a misspelling. */
export function nearLengths(text: string): string[] {
  const typed = lettersOf(text);
  const edits = editsAllowed(typed);
  return Array.from({ length: 2 * edits + 1 }, (_, more) => String(typed.length - edits + more));
}

/** `select name, weight` of the names that have one of the hashes and lengths: the most popular ones. */
export const nearNamesSql = (hashes: string, lengths: string): string =>
  `select name, max(weight) as weight from search_spelling
   where deletion_key = any(array(select ${restSql('hash', 'letters')}
     from unnest(${hashes}::bigint[]) as hash, unnest(${lengths}::bigint[]) as letters))
   group by name order by weight desc limit ${maxNames}`;

/** Of such names those that the text may be a misspelling of, likeliest first. */
export function likeliest(text: string, names: readonly SpeltName[]): SimilarName[] {
  const typed = lettersOf(text);
  const most = editsAllowed(typed);
  const edits = ({ name }: SpeltName): number => {
    const letters = lettersOf(name);
    const allowed = Math.min(most, editsAllowed(letters));
    const needed = osaDistance(typed, letters, allowed);
    return needed > allowed ? Infinity : needed;
  };
  return names
    .map((one) => ({ ...one, edits: edits(one) }))
    .filter((one) => one.name !== text && one.edits < Infinity)
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
    const hashes = nearHashes(text);
    if (hashes.length === 0) return [];
    const sql = nearNamesSql('$1', '$2');
    return likeliest(text, await this.database.prepared<SpeltName>(sql, [hashes, nearLengths(text)]));
  }

  /** Takes in the names of documents that are popular enough, where they are new or weigh more than was known. */
  async learn(documents: readonly SearchDocument[]): Promise<void> {
    const names = popularNames(documents);
    if (names.length === 0) return;
    const beginnings = names.map((one) => deletionKeyOf(one, prefixOf(lettersOf(one.name))));
    const news = new Set((await this.unknown(beginnings)).map(({ name }) => name));
    if (news.size > 0) await this.write(deletionKeysOfNames(names.filter(({ name }) => news.has(name))));
  }

  /** How many names of documents that are popular enough are not found by all that is left of them; mended if told to. */
  async check(documents: readonly SearchDocument[], repair: boolean): Promise<number> {
    const unknown = await this.unknown(deletionKeysOfNames(popularNames(documents)));
    if (repair && unknown.length > 0) await this.write(unknown);
    return new Set(unknown.map(({ name }) => name)).size;
  }

  // Each is looked up: the planner would rather read the whole dictionary.
  private unknown(rests: readonly DeletionKey[]): Promise<DeletionKey[]> {
    return this.database.prepared<DeletionKey>(
      `select name, learnt.weight, hash, letters
       from unnest($1::text[], $2::smallint[], $3::bigint[], $4::int[]) as learnt(name, weight, hash, letters)
       left join lateral (select known.weight as had from search_spelling as known
         where known.deletion_key = ${restSql('hash', 'letters')} and known.name = learnt.name limit 1) as known on true
       where had is null or had < learnt.weight`,
      [
        rests.map(({ name }) => name),
        rests.map(({ weight }) => weight),
        rests.map(({ hash }) => hash),
        rests.map(({ letters }) => letters),
      ],
    );
  }

  // In one order, so that two who learn the same names never wait for each other crosswise.
  private async write(rests: readonly DeletionKey[]): Promise<void> {
    await this.database.rows(
      `insert into search_spelling (deletion_key, name, weight)
       select ${restSql('hash', 'letters')} as deletion_key, name, weight
       from json_to_recordset($1::json) as learnt(hash bigint, letters int, name text, weight smallint)
       order by deletion_key, name
       on conflict (deletion_key, name) do update set weight = excluded.weight where search_spelling.weight < excluded.weight`,
      [JSON.stringify(rests)],
    );
  }
}

function popularNames(documents: readonly SearchDocument[]): SpeltName[] {
  const weights = new Map<string, number>();
  for (const document of documents) {
    const { name } = document;
    const weight = prominence(document);
    if (document.private || weight < minProminence || editsAllowed(lettersOf(name)) === 0) continue;
    weights.set(name, Math.max(weights.get(name) ?? 0, Math.floor(weight)));
  }
  return [...weights].map(([name, weight]) => ({ name, weight }));
}

function deletionKeysOfNames(names: readonly SpeltName[]): DeletionKey[] {
  return names.flatMap((one) =>
    deleteVariants(lettersOf(one.name)).map((deletionKey) => deletionKeyOf(one, deletionKey)),
  );
}

function deletionKeyOf(name: SpeltName, deletionKey: string): DeletionKey {
  return { ...name, hash: hashOf(deletionKey), letters: lettersOf(name.name).length };
}
