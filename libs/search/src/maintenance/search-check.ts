import { Inject, Injectable } from '@nestjs/common';
import { LOGGER, type Logger } from '@central-index/platform/logging';
import { Replica } from '../replication/replica';
import type { ReplicaDifference } from '../replication/replica-check';
import { DocumentCheck, type DocumentDifference } from './document-check';
import { PostingCheck, type PostingDifference } from './posting-check';
import { SearchSync } from './search-sync.service';

/** What the checks of one run have found. */
export interface CheckResult {
  /** Search documents against repositories. */
  readonly documents: DocumentDifference;
  /** Postings and the spelling dictionary against search documents. */
  readonly lists: PostingDifference;
  /** The replica against search documents; undefined without a replica. */
  readonly replica: ReplicaDifference | undefined;
}

// A check of a million documents takes a processor for a minute. On two processors, that would be half of the time that
// searches have.
const backgroundIdleFactor = 3;

/** Checks all data of search against what it is derived from, and repairs it. */
@Injectable()
export class SearchCheck {
  constructor(
    private readonly documents: DocumentCheck,
    private readonly postings: PostingCheck,
    private readonly sync: SearchSync,
    private readonly replica: Replica,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** With `repair`, what differs is corrected. In the background, a check leaves most of the time to searches. */
  async run(repair: boolean, isInBackground: boolean): Promise<CheckResult> {
    const idleFactor = isInBackground ? backgroundIdleFactor : 0;
    // Postings come first: an orphaned posting blocks the insertion of a document with the same key.
    const lists = await this.postings.run(repair, idleFactor);
    const documents = await this.documents.run(idleFactor);
    if (repair) await this.repairDocuments(documents, lists);
    return { documents, lists, replica: await this.replica.check(repair) };
  }

  private async repairDocuments(documents: DocumentDifference, lists: PostingDifference): Promise<void> {
    const { missing, stale, orphaned } = documents;
    const ids = [...missing, ...stale, ...orphaned];
    await this.sync.sync(ids);
    if (ids.length + lists.missing + lists.orphaned + lists.misspelt === 0) return;
    const counts = { missing: missing.length, stale: stale.length, orphaned: orphaned.length };
    this.logger.error(
      { documents: counts, lists },
      'search documents or postings differed and were repaired',
    );
  }
}
