import { Injectable } from '@nestjs/common';
import type { ReplicaDifference } from './replica-check';
import type { BuildProgress } from './replica-rebuild';

/** The copy of the public search documents in another engine, if there is one. */
export abstract class Replica {
  /** Keeps the replica up to date until the returned function is called; that resolves when the current round has ended. */
  abstract start(): () => Promise<void>;

  /** Fills a new index and replaces the one in use. Returns the number of documents; undefined without a replica. */
  abstract rebuild(onProgress?: BuildProgress): Promise<number | undefined>;

  /**
   * Compares all documents and, with `repair`, has those that differ sent again. Returns undefined without a replica.
   */
  abstract check(repair: boolean): Promise<ReplicaDifference | undefined>;
}

/** The replica where PostgreSQL is the only engine. */
@Injectable()
export class NoReplica extends Replica {
  start(): () => Promise<void> {
    return () => Promise.resolve();
  }

  rebuild(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  check(): Promise<undefined> {
    return Promise.resolve(undefined);
  }
}
