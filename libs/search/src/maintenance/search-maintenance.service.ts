import { Injectable } from '@nestjs/common';
import { Replica } from '../replication/replica';
import type { BuildProgress } from '../replication/replica-rebuild';
import { IndexMaintenance, type ReindexedIndex } from './index-maintenance';
import { SearchCheck, type CheckResult } from './search-check';
import { SearchStatus, type SearchState } from './search-status';
import { SearchSync, type RebuildProgress } from './search-sync.service';

/** What a check has found. */
export interface SearchDifference extends CheckResult {
  /** Documents that the replica has yet to confirm, which are no differences. */
  readonly pending: number;
}

/** A finished rebuild. */
export interface RebuildResult extends RebuildProgress {
  /** Number of documents in the new index of the replica; undefined without a replica. */
  readonly copied: number | undefined;
}

/** Maintenance of search, by operators' commands and by the worker's schedule, whichever engine answers searches. */
@Injectable()
export class SearchMaintenance {
  constructor(
    private readonly sync: SearchSync,
    private readonly checks: SearchCheck,
    private readonly indexes: IndexMaintenance,
    private readonly replica: Replica,
    private readonly status: SearchStatus,
  ) {}

  /** Keeps the replica up to date, if there is one, until the returned function is called. */
  start(): () => Promise<void> {
    return this.replica.start();
  }

  /** Writes all documents again, reindexes them, and then fills a new index of the replica. Searches continue meanwhile. */
  async rebuild(
    onDocuments: (progress: RebuildProgress) => void,
    onReplica: BuildProgress,
  ): Promise<RebuildResult> {
    const progress = await this.sync.rebuild(onDocuments);
    await this.reindex();
    return { ...progress, copied: await this.replica.rebuild(onReplica) };
  }

  /**
   * Compares all data of search with what it is derived from and, with `repair`, corrects what differs. A check that
   * nothing waits for (`isAwaited` is false) takes longer and leaves most of the processor time to searches.
   */
  async check(repair: boolean, isAwaited = true): Promise<SearchDifference> {
    const result = await this.checks.run(repair, !isAwaited);
    return { ...result, pending: (await this.status.read()).pending };
  }

  /** Rebuilds the indexes of search documents and postings that are larger than their rows require. */
  reindex(): Promise<ReindexedIndex[]> {
    return this.indexes.reindex();
  }

  /** The state of search, for metrics. */
  state(): Promise<SearchState> {
    return this.status.read();
  }
}
