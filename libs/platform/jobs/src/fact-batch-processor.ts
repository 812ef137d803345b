import type { Logger } from '@central-index/platform/logging';
import { setTimeout as pause } from 'node:timers/promises';
import type { Pool, PoolClient } from 'pg';
import type { Payload } from './facts';
import { addJobs, viaClient } from './graphile-workarounds/add-jobs';
import { toSpec } from './jobs';
import type { FactBatchHandler } from './subscriptions';

const pollIntervalMs = 100;
const retryMs = 500;
const batchSize = 500;

// One index lookup per type, however many facts are pending.
const selectPendingTypes = `select type from unnest($1::text[]) as type
  where exists (select from fact_outbox where fact_outbox.type = type.type)`;

// Rows that another worker has claimed are skipped.
const claimBatch = `delete from fact_outbox where type = $1 and id in (
    select id from fact_outbox where type = $1 order by id limit ${batchSize} for update skip locked)
  returning payload`;

/**
 * Polls the fact outbox ten times per second and handles all pending facts of a type together. They are claimed in the
 * transaction that commits after the handler: a worker that is killed, or frozen for 30 s, leaves them to the next. When
 * the handler fails, each fact becomes a job of its own: retried, and visible in the queue table.
 */
export class FactBatchProcessor {
  private readonly stopping = new AbortController();
  private readonly running: Promise<void>;

  constructor(
    private readonly pool: Pool,
    private readonly handlers: ReadonlyMap<string, FactBatchHandler<Payload>>,
    private readonly logger: Logger,
  ) {
    this.running = this.run();
  }

  /** Resolves when the running batch has ended. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    const types = [...this.handlers.keys()];
    while (types.length > 0 && !signal.aborted) {
      let delayMs = pollIntervalMs;
      try {
        const query = { name: 'select pending fact types', text: selectPendingTypes, values: [types] };
        const { rows } = await this.pool.query<{ type: string }>(query);
        for (const { type } of rows) {
          if ((await this.processBatch(type)) === batchSize) delayMs = 0;
        }
      } catch (error) {
        this.logger.warn({ err: error }, 'fact batch deferred: database unavailable');
        delayMs = retryMs;
      }
      await pause(delayMs, undefined, { signal }).catch(() => undefined);
    }
  }

  private async processBatch(type: string): Promise<number> {
    const client = await this.pool.connect();
    // When the session ends, the next statement fails; without a listener the process would end.
    const ignore = (): void => undefined;
    client.on('error', ignore);
    try {
      await client.query(`begin; set local idle_in_transaction_session_timeout = '30s'`);
      const { rows } = await client.query<{ payload: Payload }>({
        name: 'claim fact batch',
        text: claimBatch,
        values: [type],
      });
      if (rows.length > 0) {
        const payloads = rows.map(({ payload }) => payload);
        await this.handleBatch(client, type, payloads);
      }
      await client.query('commit');
      client.off('error', ignore).release();
      return rows.length;
    } catch (error) {
      // Closing the session rolls the claim back.
      client.release(true);
      throw error;
    }
  }

  private async handleBatch(client: PoolClient, type: string, payloads: readonly Payload[]): Promise<void> {
    try {
      await this.handlers.get(type)!(payloads);
    } catch (error) {
      this.logger.error({ err: error, type }, 'fact batch handler failed; retrying individually');
      await addJobs(
        viaClient(client),
        payloads.map((payload) => toSpec({ type, payload, batched: true })),
      );
    }
  }
}
