import { Injectable } from '@nestjs/common';
import { Database } from '@central-index/platform/database';
import type { Purge } from '@central-index/platform/jobs';
import { purgeStatements } from './account-purges.queries';

const batchSize = 5_000;

/** The purges of the tables of this library; meant for a scheduled job. */
@Injectable()
export class AccountPurges {
  constructor(private readonly database: Database) {}

  /** The purges by table. Each deletes in short statements, so that no request waits for it. */
  all(): Record<keyof typeof purgeStatements, Purge> {
    const purges = Object.entries(purgeStatements).map(([table, statement]) => [
      table,
      async (): Promise<number> => {
        for (let total = 0; ;) {
          const deleted = await this.database.execute(statement, [batchSize]);
          total += deleted;
          if (deleted < batchSize) return total;
        }
      },
    ]);
    return Object.fromEntries(purges) as Record<keyof typeof purgeStatements, Purge>;
  }
}
