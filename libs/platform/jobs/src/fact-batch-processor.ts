import { runQuery, unavailabilityLogOf } from '@central-index/platform/database';
import type { Logger } from '@central-index/platform/logging';
import { setTimeout as pause } from 'node:timers/promises';
import type { Pool, PoolClient } from 'pg';
import { batchSize, claimBatch, limitIdleTime, selectPendingTypes } from './fact-batch-processor.queries';
import type { Payload } from './facts';
import { addJobs, viaClient } from './graphile-workarounds/add-jobs';
import { toSpec } from './jobs';
import type { FactBatchHandler } from './subscriptions';

const pollIntervalMs = 100;
const retryMs = 500;

/**
 * Polls the fact outbox ten times per second and handles the pending facts of a type in batches. A batch is claimed in a
 * transaction that commits after the handler has succeeded: a worker that is killed, or frozen for 30 s, leaves its batch
 * to another worker. When the handler fails, each fact becomes a job of its own, which is retried and visible in the
 * queue table.
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
    const unavailability = unavailabilityLogOf(this.logger);
    while (types.length > 0 && !signal.aborted) {
      let delayMs = pollIntervalMs;
      try {
        const { rows } = await runQuery(this.pool, selectPendingTypes, [types]);
        unavailability.recover();
        for (const { type } of rows) {
          if ((await this.processBatch(type)) === batchSize) delayMs = 0;
        }
      } catch (error) {
        unavailability.report(error, { source: 'fact outbox' });
        delayMs = retryMs;
      }
      await pause(delayMs, undefined, { signal }).catch(() => undefined);
    }
  }

  private async processBatch(type: string): Promise<number> {
    const client = await this.pool.connect();
    // When the session ends, the next statement fails; without an error listener the process would end.
    const ignoreError = (): void => undefined;
    client.on('error', ignoreError);
    try {
      await client.query('begin');
      await runQuery(client, limitIdleTime);
      const { rows } = await runQuery(client, claimBatch, [type]);
      if (rows.length > 0) {
        const payloads = rows.map(({ payload }) => payload);
        await this.handleBatch(client, type, payloads);
      }
      await client.query('commit');
      client.off('error', ignoreError).release();
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
