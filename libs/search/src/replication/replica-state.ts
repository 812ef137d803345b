import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Database } from '@central-index/platform/database';
import { setTimeout as pause } from 'node:timers/promises';
import type { EntityManager, Repository } from 'typeorm';
import {
  insertReplica,
  keepTransactionAlive,
  lockDocumentsAgainstWrites,
  tryWriterLock,
  updateChecked,
} from './replica-state.queries';
import { SearchReplicaEntity } from './search-replica.entity';

// An arbitrary number that no other advisory lock uses. Its holder is the only process that writes to the replica.
const writerLock = 7300_0001;
const lockPollIntervalMs = 200;
const keepAliveIntervalMs = 5_000;

// The table has one row.
const id = 1;

/** The row with the state of the replica, and the lock that makes its holder the only writer. */
@Injectable()
export class ReplicaStates {
  constructor(
    private readonly database: Database,
    @InjectRepository(SearchReplicaEntity) private readonly replicas: Repository<SearchReplicaEntity>,
  ) {}

  /**
   * Runs `work` as the only writer of all processes. While another process holds the lock, it waits if `options.wait` is
   * set, and else returns undefined without running `work`. The lock is released with its connection, so a killed writer
   * does not block others.
   */
  withWriterLock<T>(work: () => Promise<T>, options: { wait: boolean }): Promise<T | undefined> {
    return this.database.transaction(async (manager) => {
      while (!(await this.tryLock(manager))) {
        if (!options.wait) return undefined;
        await pause(lockPollIntervalMs);
      }
      let keepingAlive: Promise<unknown> = Promise.resolve();
      const timer = setInterval(() => {
        keepingAlive = this.database.execute(keepTransactionAlive, [], manager).catch(() => undefined);
      }, keepAliveIntervalMs);
      try {
        return await work();
      } finally {
        clearInterval(timer);
        await keepingAlive;
      }
    });
  }

  /** The state of the replica. The first call creates it, and from then on changes are recorded in the outbox. */
  async open(): Promise<SearchReplicaEntity> {
    const state = await this.read();
    if (state) return state;
    await this.database.transaction(async (manager) => {
      // Changes of transactions that began earlier are not recorded, so they must commit before the replica is filled.
      await this.database.execute(lockDocumentsAgainstWrites, [], manager);
      await this.database.execute(insertReplica, [], manager);
    });
    return (await this.read())!;
  }

  /** Total of differences that checks of the replica have found; 0 without a replica. */
  async drift(): Promise<number> {
    return Number((await this.read())?.drift ?? 0);
  }

  /** Records that a rebuild has filled the index `generation` up to this repository. */
  async recordBuilt(generation: string, builtUpTo: string): Promise<void> {
    await this.replicas.update({ id }, { building: generation, builtUpTo });
  }

  /** Records that the index that was built is in use, in the caller's transaction. */
  async activate(manager: EntityManager, generation: string): Promise<void> {
    await manager.update(
      SearchReplicaEntity,
      { id },
      { generation, building: null, builtUpTo: '0', checkedUpTo: '0' },
    );
  }

  /** Records that a check has compared documents up to this repository, '0' being the end, and how many differed. */
  async recordChecked(checkedUpTo: string, differences: number): Promise<void> {
    await this.database.execute(updateChecked, [checkedUpTo, differences]);
  }

  private async read(): Promise<SearchReplicaEntity | undefined> {
    return (await this.replicas.findOneBy({ id })) ?? undefined;
  }

  private async tryLock(manager: EntityManager): Promise<boolean> {
    return (await this.database.queryOne(tryWriterLock, [writerLock], manager))!.isLocked;
  }
}
