import { Injectable } from '@nestjs/common';
import { Database } from '@central-index/platform/database';
import type { EntityManager } from 'typeorm';
import { setTimeout as pause } from 'node:timers/promises';

/** What is known of the copy in the second engine. */
export interface ReplicaState {
  readonly generation: string | null;
  readonly building: string | null;
  readonly builtUpTo: string;
  readonly checkedUpTo: string;
  readonly drift: number;
}

// An arbitrary number, ours alone: whoever holds the lock of that number may write to the second engine.
const writerLock = 7300_0001;

/** The one row about the copy, and the lock that makes its holder the only writer. */
@Injectable()
export class ReplicaStates {
  constructor(private readonly database: Database) {}

  /**
   * Runs work as the only writer of all processes. Answers undefined without running it while another one is, unless
   * told to wait. The lock goes with its connection, so a killed writer holds up nobody.
   */
  withWriterLock<T>(work: () => Promise<T>, options: { wait: boolean }): Promise<T | undefined> {
    return this.database.transaction(async (manager) => {
      for (;;) {
        const [row] = await this.database.rows<{ got: boolean }>(
          'select pg_try_advisory_xact_lock($1) as got',
          [writerLock],
          manager,
        );
        if (row!.got) break;
        if (!options.wait) return undefined;
        await pause(200);
      }
      // The server ends transactions that are silent for long.
      let sign: Promise<unknown> = Promise.resolve();
      const signs = setInterval(() => {
        sign = manager.query('select 1').catch(() => undefined);
      }, 5_000);
      try {
        return await work();
      } finally {
        clearInterval(signs);
        await sign;
      }
    });
  }

  /** The state; begins to note changes when nobody has yet. */
  async open(): Promise<ReplicaState> {
    const state = await this.read();
    if (state) return state;
    await this.database.transaction(async (manager) => {
      // Waits for writers that began before changes were noted, so that none slips between.
      await manager.query('lock table search_document in share row exclusive mode');
      await manager.query('insert into search_replica (id) values (1) on conflict do nothing');
    });
    return (await this.read())!;
  }

  async read(): Promise<ReplicaState | undefined> {
    const [row] = await this.database.rows<ReplicaState>(
      `select generation, building, built_up_to as "builtTo", checked_up_to as "checkedTo", drift::float8 as drift
       from search_replica`,
    );
    return row;
  }

  /** A rebuild has got so far. */
  async built(mark: string, to: string): Promise<void> {
    await this.database.rows('update search_replica set building = $1, built_up_to = $2', [mark, to]);
  }

  /** The index that was built is the one in use. */
  async use(manager: EntityManager, mark: string): Promise<void> {
    await manager.query(
      'update search_replica set generation = $1, building = null, built_up_to = 0, checked_up_to = 0',
      [mark],
    );
  }

  /** Copies were compared as far as `to`, '0' being the end, and so many differed. */
  async checked(to: string, differing: number): Promise<void> {
    await this.database.rows(
      `update search_replica set checked_up_to = $1::bigint, drift = drift + $2::bigint,
         full_check_at = case when $1::bigint = 0 then now() else full_check_at end`,
      [to, differing],
    );
  }
}
