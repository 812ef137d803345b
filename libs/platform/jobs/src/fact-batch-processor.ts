import type { Logger } from '@central-index/platform/logging';
import { setTimeout as pause } from 'node:timers/promises';
import type { Pool, PoolClient } from 'pg';
import { addJobs, on, toSpec } from './jobs';

/** As a `JobHandler`, for many facts of one type at once. */
export type GatheredHandler = (facts: readonly Readonly<Record<string, string>>[]) => Promise<void>;

const betweenLooksMs = 100;
const retryMs = 500;
const mostAtOnce = 500;

// One look at the index a type, however many facts wait.
const look = `select type from unnest($1::text[]) as type
  where exists (select from waiting_fact where waiting_fact.type = type.type)`;

// What another worker has taken is left to it.
const take = `delete from waiting_fact where type = $1 and id in (
    select id from waiting_fact where type = $1 order by id limit ${mostAtOnce} for update skip locked)
  returning ids`;

/**
 * Looks ten times a second for facts that wait as rows, and does at once what follows from all of a type. They are
 * taken in a transaction that commits when that is done: a worker that is killed, or frozen for half a minute, leaves
 * them to the next. When it fails, each becomes a job of its own: retried, and visible in the queue table.
 */
export class GatheredFacts {
  private readonly stopping = new AbortController();
  private readonly running: Promise<void>;

  constructor(
    private readonly pool: Pool,
    private readonly handlers: Readonly<Record<string, GatheredHandler>>,
    private readonly logger: Logger,
  ) {
    this.running = this.run();
  }

  /** Ends when what has begun is done. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    const types = Object.keys(this.handlers);
    while (types.length > 0 && !signal.aborted) {
      let rest = betweenLooksMs;
      try {
        const asked = { name: 'waiting facts', text: look, values: [types] };
        const { rows } = await this.pool.query<{ type: string }>(asked);
        for (const { type } of rows) {
          if ((await this.round(type)) === mostAtOnce) rest = 0;
        }
      } catch (error) {
        this.logger.warn({ err: error }, 'facts wait: the database is away');
        rest = retryMs;
      }
      await pause(rest, undefined, { signal }).catch(() => undefined);
    }
  }

  private async round(type: string): Promise<number> {
    const client = await this.pool.connect();
    // Of a session that ends meanwhile, the next statement tells.
    const ignore = (): void => undefined;
    client.on('error', ignore);
    try {
      await client.query(`begin; set local idle_in_transaction_session_timeout = '30s'`);
      const { rows } = await client.query<{ ids: Record<string, string> }>({
        name: 'take facts',
        text: take,
        values: [type],
      });
      if (rows.length > 0) {
        await this.work(
          client,
          type,
          rows.map(({ ids }) => ids),
        );
      }
      await client.query('commit');
      client.off('error', ignore).release();
      return rows.length;
    } catch (error) {
      // Without its session nothing of it is kept.
      client.release(true);
      throw error;
    }
  }

  private async work(client: PoolClient, type: string, facts: Record<string, string>[]): Promise<void> {
    try {
      await this.handlers[type]!(facts);
    } catch (error) {
      this.logger.error({ err: error, type }, 'what follows from facts failed; each is tried by itself');
      await addJobs(
        on(client),
        facts.map((ids) => toSpec({ type, ids })),
      );
    }
  }
}
