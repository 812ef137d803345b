import { Client } from 'pg';
import { eventually } from './eventually';

/**
 * Holds the row of an account, so that a spec can line up requests that write to it: they wait in the order in which they
 * arrive, and continue in that order when the row is released.
 */
export class AccountLock {
  private constructor(private readonly client: Client) {}

  /** Connects to the database of the spec. */
  static async connect(url: string): Promise<AccountLock> {
    const client = new Client({ connectionString: url });
    await client.connect();
    return new AccountLock(client);
  }

  /** Locks the row of the account of that name. */
  async hold(name: string): Promise<void> {
    await this.client.query('begin');
    await this.client.query('select from account where name = $1 for update', [name]);
  }

  /** Returns when `count` statements wait for a row. */
  async waitForWaiting(count: number): Promise<void> {
    await eventually(async () => {
      const { rows } = await this.client.query<{ waiting: number }>(
        `select count(*)::integer as waiting from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock'`,
      );
      if (rows[0]!.waiting !== count) throw new Error(`${rows[0]!.waiting} of ${count} statements wait`);
    }, 20_000);
  }

  /** Lets the waiting statements continue. */
  async release(): Promise<void> {
    await this.client.query('commit');
  }

  /** Closes the connection. */
  close(): Promise<void> {
    return this.client.end();
  }
}
