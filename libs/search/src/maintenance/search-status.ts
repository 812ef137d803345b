import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '@central-index/platform/config';
import { MeilisearchEngine } from '../meilisearch/meilisearch.engine';
import { ReplicaStates } from '../replication/replica-state';
import { SearchOutbox } from '../replication/search-outbox';
import type { OutboxState } from '../replication/search-outbox.queries';

/** What is measured of search. Without a replica, the counts of the outbox are 0. */
export interface SearchState extends OutboxState {
  readonly engine: 'postgresql' | 'meilisearch';
  /** Why this process searches in PostgreSQL although a replica is configured; undefined if it does not. */
  readonly fallback: string | undefined;
  /** Total of differences that checks of the replica have found. */
  readonly drift: number;
}

/** Reads the state of search. */
@Injectable()
export class SearchStatus {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly meilisearch: MeilisearchEngine,
    private readonly outbox: SearchOutbox,
    private readonly replicas: ReplicaStates,
  ) {}

  /** The state at this moment. */
  async read(): Promise<SearchState> {
    return {
      engine: this.config.meilisearch === undefined ? 'postgresql' : 'meilisearch',
      fallback: this.meilisearch.failing?.kind,
      ...(await this.outbox.state()),
      drift: await this.replicas.drift(),
    };
  }
}
