import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Database } from '@central-index/platform/database';
import type { Repository } from 'typeorm';
import type { ReconcileResult } from './reconcile-result';
import { selectLatestResults, upsertResult } from './reconcile-results.queries';
import { RegistryReconcileEntity } from './registry-reconcile.entity';

// A token is valid for up to an hour, registries accept it for another minute, and clocks differ.
const maxPushDurationMs = 65 * 60_000;

/** The latest reconcile result of each registry. */
@Injectable()
export class ReconcileResultsService {
  constructor(
    private readonly database: Database,
    @InjectRepository(RegistryReconcileEntity) private readonly results: Repository<RegistryReconcileEntity>,
  ) {}

  /** The latest results by registry name; a registry that was never reconciled is not in the map. */
  async latest(): Promise<Map<string, ReconcileResult>> {
    const rows = await this.database.query(selectLatestResults);
    return new Map(rows.map((row) => [row.registry, row]));
  }

  /** Stores a result in place of the registry's previous one. */
  async store(registryId: string, result: ReconcileResult): Promise<void> {
    await this.database.execute(upsertResult, [
      registryId,
      result.startedAt,
      result.finishedAt,
      result.repositories,
      result.added,
      result.deleted,
      result.missing,
      result.unclaimed,
      result.error,
      result.alarm,
    ]);
  }

  /**
   * Only a push that was granted after this time can have moved a tag since the last complete reconcile. Null when no
   * reconcile was complete.
   */
  async completeSince(registryId: string): Promise<Date | null> {
    const row = await this.results.findOne({
      select: { registryId: true, completeAt: true },
      where: { registryId },
    });
    return row?.completeAt ? new Date(row.completeAt.getTime() - maxPushDurationMs) : null;
  }
}
