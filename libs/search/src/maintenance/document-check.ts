import { Injectable } from '@nestjs/common';
import { Database } from '@central-index/platform/database';
import { RepositoriesService, type SearchableRepository } from '@central-index/repositories';
import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { documentColumns } from '../postgres/storage/document-columns';
import { termsOf } from '../postgres/storage/terms';
import type { SearchDocument } from '../engine/search-document';
import { popularity } from '../ranking/weights';

/** Repositories whose search documents are not as the repositories are. */
export interface DocumentDifference {
  readonly missing: readonly string[];
  readonly stale: readonly string[];
  /** Documents of repositories that must not be found. */
  readonly orphaned: readonly string[];
}

type Wrong = keyof DocumentDifference;

const batchSize = 2_000;

// The job that follows a change needs a moment: what still differs after these looks is not about to be mended.
const looks = 8;
const betweenLooks = 500;

interface Held extends SearchDocument {
  readonly terms: readonly string[];
}

const heldColumns = `${documentColumns}, document.terms`;

// Popularity sinks by less than this a day, and the job of the day may come after a check.
const dailyDecay = 0.03;

/** Compares the search documents with what they would be if they were made now, both ways. */
@Injectable()
export class DocumentCheck {
  constructor(
    private readonly database: Database,
    private readonly repositories: RepositoriesService,
  ) {}

  /** Compares them, and after each part of the work rests so many times as long as the part took. */
  async run(rests = 0): Promise<DocumentDifference> {
    let wrong = await this.suspects(rests);
    for (let look = 1; look < looks && wrong.size > 0; look++) {
      await pause(betweenLooks);
      wrong = await this.lookAgain([...wrong.keys()]);
    }
    const of = (kind: Wrong): string[] => [...wrong].filter(([, is]) => is === kind).map(([id]) => id);
    return { missing: of('missing'), stale: of('stale'), orphaned: of('orphaned') };
  }

  private async suspects(rests: number): Promise<Map<string, Wrong>> {
    const wrong = new Map<string, Wrong>();
    for (let after: string | undefined = '0'; after !== undefined;) {
      const begun = performance.now();
      const truth = await this.repositories.searchableAfter(after, batchSize);
      const to: string | undefined = truth.length < batchSize ? undefined : truth.at(-1)!.id;
      const held = await this.database.rows<Held>(
        `select ${heldColumns} from search_document document
         where repository_id > $1 and ($2::bigint is null or repository_id <= $2::bigint)`,
        [after, to ?? null],
      );
      note(wrong, truth, held);
      after = to;
      await pause(rests * (performance.now() - begun));
    }
    return wrong;
  }

  private async lookAgain(ids: readonly string[]): Promise<Map<string, Wrong>> {
    const wrong = new Map<string, Wrong>();
    for (let start = 0; start < ids.length; start += batchSize) {
      const some = ids.slice(start, start + batchSize);
      const truth = await this.repositories.searchable(some);
      const held = await this.database.rows<Held>(
        `select ${heldColumns} from search_document document where repository_id = any($1::bigint[])`,
        [some],
      );
      note(
        wrong,
        [...truth.values()].filter((one) => one !== undefined),
        held,
      );
    }
    return wrong;
  }
}

function note(
  wrong: Map<string, Wrong>,
  truth: readonly SearchableRepository[],
  held: readonly Held[],
): void {
  const documents = new Map(held.map((document) => [document.id, document]));
  for (const repository of truth) {
    const document = documents.get(repository.id);
    if (document === undefined) wrong.set(repository.id, 'missing');
    else if (!isAsMade(document, repository)) wrong.set(repository.id, 'stale');
    documents.delete(repository.id);
  }
  for (const id of documents.keys()) wrong.set(id, 'orphaned');
}

function isAsMade(
  { terms, ...held }: Held,
  { uniquePulls: uniquePulls, ...facts }: SearchableRepository,
): boolean {
  const now = popularity({ ...facts, uniquePulls });
  if (held.popularity < now || held.popularity > now + dailyDecay) return false;
  const made = { ...facts, popularity: held.popularity };
  return isDeepStrictEqual(held, made) && isDeepStrictEqual(terms, termsOf(made));
}
