import { Injectable } from '@nestjs/common';
import { Database, type Query } from '@central-index/platform/database';
import { setTimeout as pause } from 'node:timers/promises';
import { minProminence, PostgresSpelling } from '../postgres/storage/spelling-dictionary';
import { lastRankKeyOf } from '../postgres/storage/terms';
import { paced } from './paced';
import {
  countPostings,
  deleteOrphanedPostings,
  insertMissingPostings,
  lockDocuments,
  selectDocumentSliceEnd,
  selectMissingPostings,
  selectOrphanedPostings,
  selectPopularDocuments,
  selectPostingSliceEnd,
  type PostingKey,
} from './posting-check.queries';

/** How many rows that the PostgreSQL engine derives from search documents differ from what the documents require. */
export interface PostingDifference {
  /** Postings that documents should have and do not have. */
  readonly missing: number;
  /** Postings that no document should have. */
  readonly orphaned: number;
  /** Popular names that the spelling dictionary lacks, or does not find by all their deletion keys. */
  readonly misspelt: number;
}

const documentsPerSlice = 5_000;
const postingsPerSlice = 20_000;

const minBigint = (-(2n ** 63n)).toString();
const maxBigint = (2n ** 63n - 1n).toString();
const firstKey: PostingKey = { term: minBigint, rankKey: minBigint };
const lastKey: PostingKey = { term: maxBigint, rankKey: maxBigint };

// The dictionary is written just after the documents. A name that it lacks is compared again after this time.
const spellingDelayMs = 1_000;

/**
 * Compares postings and the spelling dictionary with the documents that they are derived from. It works in slices. Each
 * compares documents and postings in one statement: there they agree, because triggers write both in one transaction.
 * No transaction is open between slices, or it would delay vacuum for the whole check.
 */
@Injectable()
export class PostingCheck {
  private readonly spelling: PostgresSpelling;

  constructor(private readonly database: Database) {
    this.spelling = new PostgresSpelling(database);
  }

  /**
   * Compares everything and, with `repair`, corrects what differs. After each slice it pauses for `idleFactor` times as
   * long as the slice took.
   */
  async run(repair: boolean, idleFactor = 0): Promise<PostingDifference> {
    const missing = await this.checkMissing(repair, idleFactor);
    const isSuspect = await this.mayHaveOrphaned(repair ? 0 : missing);
    const orphaned = isSuspect ? await this.checkOrphaned(repair, idleFactor) : 0;
    const misspelt = await this.checkSpelling(repair, idleFactor);
    return { missing, orphaned, misspelt };
  }

  private async checkMissing(repair: boolean, idleFactor: number): Promise<number> {
    let count = 0;
    for (let after = '0', isLast = false; !isLast;) {
      const slice = await paced(idleFactor, async () => {
        const end = await this.database.queryOne(selectDocumentSliceEnd, [after, documentsPerSlice - 1]);
        const missing = await this.database.query(selectMissingPostings, [after, end?.id ?? maxBigint]);
        if (repair) await this.repair(insertMissingPostings, missing);
        return { end, missing };
      });
      count += slice.missing.length;
      isLast = slice.end === undefined;
      after = slice.end?.id ?? after;
    }
    return count;
  }

  // Orphaned postings are searched for only where the totals imply some: that looks up the document of each posting, of
  // which there are about twenty per document. The totals are of one snapshot, so changes meanwhile do not matter.
  private async mayHaveOrphaned(missing: number): Promise<boolean> {
    const { stored, expected } = (await this.database.queryOne(countPostings))!;
    return stored !== expected - missing;
  }

  private async checkOrphaned(repair: boolean, idleFactor: number): Promise<number> {
    let count = 0;
    for (let after = firstKey, isLast = false; !isLast;) {
      const slice = await paced(idleFactor, async () => {
        const start = [after.term, after.rankKey];
        const end = await this.database.queryOne(selectPostingSliceEnd, [...start, postingsPerSlice - 1]);
        const { term, rankKey } = end ?? lastKey;
        const orphaned = await this.database.query(selectOrphanedPostings, [...start, term, rankKey]);
        if (repair) await this.repair(deleteOrphanedPostings, orphaned);
        return { end, orphaned };
      });
      count += slice.orphaned.length;
      isLast = slice.end === undefined;
      after = slice.end ?? after;
    }
    return count;
  }

  // Locks the documents, so that none changes between the reading of its terms and the writing of its postings.
  private async repair(correction: Query<never>, postings: readonly PostingKey[]): Promise<void> {
    if (postings.length === 0) return;
    const terms = postings.map(({ term }) => term);
    const rankKeys = postings.map(({ rankKey }) => rankKey);
    await this.database.transaction(async (manager) => {
      await this.database.execute(lockDocuments, [rankKeys], manager);
      await this.database.execute(correction, [terms, rankKeys], manager);
    });
  }

  private async checkSpelling(repair: boolean, idleFactor: number): Promise<number> {
    let count = 0;
    for (let after: string | undefined = '0'; after !== undefined;) {
      const from: string = after;
      const slice: { misspelt: number; to: string | undefined } = await paced(idleFactor, () =>
        this.checkSpellingSlice(from, repair),
      );
      count += slice.misspelt;
      after = slice.to;
    }
    return count;
  }

  private async checkSpellingSlice(
    after: string,
    repair: boolean,
  ): Promise<{ misspelt: number; to: string | undefined }> {
    const values = [after, lastRankKeyOf(minProminence), documentsPerSlice];
    const documents = await this.database.query(selectPopularDocuments, values);
    const to = documents.length < documentsPerSlice ? undefined : documents.at(-1)!.id;
    if ((await this.spelling.check(documents, false)) === 0) return { misspelt: 0, to };
    await pause(spellingDelayMs);
    return { misspelt: await this.spelling.check(documents, repair), to };
  }
}
