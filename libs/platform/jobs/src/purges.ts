import { Injectable } from '@nestjs/common';
import { Database } from '@central-index/platform/database';
import { addPurgedRows, selectPurgeTotals, type PurgeTotal } from './purges.queries';

/** Deletes the expired rows of one table and returns how many. */
export type Purge = () => Promise<number>;

/** Runs purges and counts what they delete, in the database, so that every process reports the same totals. */
@Injectable()
export class Purges {
  constructor(private readonly database: Database) {}

  /** Runs the purges of some tables, the others too when one fails; then throws the first error. */
  async run(purges: Readonly<Record<string, Purge>>): Promise<void> {
    const errors: unknown[] = [];
    for (const [table, purge] of Object.entries(purges)) {
      try {
        await this.database.execute(addPurgedRows, [table, await purge()]);
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }

  /** The totals since the database was created, by table. */
  totals(): Promise<PurgeTotal[]> {
    return this.database.query(selectPurgeTotals);
  }
}
