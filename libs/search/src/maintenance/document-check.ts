import { Injectable } from '@nestjs/common';
import { Database } from '@central-index/platform/database';
import { SearchableRepositories, type SearchableRepository } from '@central-index/repositories';
import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { termsOf } from '../postgres/storage/terms';
import { popularity } from '../ranking/weights';
import { selectDocumentsById, selectDocumentsInRange, type StoredDocument } from './document-check.queries';
import { paced } from './paced';

/** Ids of repositories whose search documents differ from what the repositories require. */
export interface DocumentDifference {
  readonly missing: readonly string[];
  readonly stale: readonly string[];
  /** Documents of repositories that search must not find. */
  readonly orphaned: readonly string[];
}

type DifferenceKind = keyof DocumentDifference;
type Differences = Map<string, DifferenceKind>;

const batchSize = 2_000;

// The job that applies a change to the document takes a moment. What differs in all attempts is a real difference.
const maxAttempts = 8;
const retryDelayMs = 500;

// Popularity decays by less than this per day, and the daily job may run after a check.
const maxDailyDecay = 0.03;

/** Compares the search documents with those that would be made of the repositories now, in both directions. */
@Injectable()
export class DocumentCheck {
  constructor(
    private readonly database: Database,
    private readonly repositories: SearchableRepositories,
  ) {}

  /** Compares all documents. After each batch it pauses for `idleFactor` times as long as the batch took. */
  async run(idleFactor = 0): Promise<DocumentDifference> {
    let differences = await this.compareAll(idleFactor);
    for (let attempt = 1; attempt < maxAttempts && differences.size > 0; attempt++) {
      await pause(retryDelayMs);
      differences = await this.compareAgain([...differences.keys()]);
    }
    const idsOf = (kind: DifferenceKind): string[] =>
      [...differences].filter(([, one]) => one === kind).map(([id]) => id);
    return { missing: idsOf('missing'), stale: idsOf('stale'), orphaned: idsOf('orphaned') };
  }

  private async compareAll(idleFactor: number): Promise<Differences> {
    const differences: Differences = new Map();
    for (let after: string | undefined = '0'; after !== undefined;) {
      const from: string = after;
      after = await paced(idleFactor, () => this.compareBatch(from, differences));
    }
    return differences;
  }

  // Returns the last id of the batch; undefined after the last batch.
  private async compareBatch(after: string, differences: Differences): Promise<string | undefined> {
    const repositories = await this.repositories.listAfter(after, batchSize);
    const to = repositories.length < batchSize ? undefined : repositories.at(-1)!.id;
    const documents = await this.database.query(selectDocumentsInRange, [after, to ?? null]);
    addDifferences(differences, repositories, documents);
    return to;
  }

  private async compareAgain(ids: readonly string[]): Promise<Differences> {
    const differences: Differences = new Map();
    for (let start = 0; start < ids.length; start += batchSize) {
      const batch = ids.slice(start, start + batchSize);
      const repositories = [...(await this.repositories.find(batch)).values()];
      const documents = await this.database.query(selectDocumentsById, [batch]);
      addDifferences(
        differences,
        repositories.filter((repository) => repository !== undefined),
        documents,
      );
    }
    return differences;
  }
}

function addDifferences(
  differences: Differences,
  repositories: readonly SearchableRepository[],
  documents: readonly StoredDocument[],
): void {
  const unmatched = new Map(documents.map((document) => [document.id, document]));
  for (const repository of repositories) {
    const document = unmatched.get(repository.id);
    if (document === undefined) differences.set(repository.id, 'missing');
    else if (!isCurrent(document, repository)) differences.set(repository.id, 'stale');
    unmatched.delete(repository.id);
  }
  for (const id of unmatched.keys()) differences.set(id, 'orphaned');
}

function isCurrent(
  { terms, ...document }: StoredDocument,
  { uniquePulls, ...facts }: SearchableRepository,
): boolean {
  const current = popularity({ ...facts, uniquePulls });
  if (document.popularity < current || document.popularity > current + maxDailyDecay) return false;
  const expected = { ...facts, popularity: document.popularity };
  return isDeepStrictEqual(document, expected) && isDeepStrictEqual(terms, termsOf(expected));
}
