import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@central-index/platform/database';
import { Jobs } from '@central-index/platform/jobs';
import { LOGGER, type Logger } from '@central-index/platform/logging';
import { RegistriesService, type Registry } from '@central-index/registries';
import { registryReconcile, registryReconcileFull } from '../registry-sync.facts';
import { MissingTagsService } from './missing-tags.service';
import type { ReconcileOptions } from './reconcile-options';
import { alarmOf, type ReconcileResult } from './reconcile-result';
import { ReconcileResultsService } from './reconcile-results.service';
import { errorMessage, RegistryScanner, type RegistryScan } from './registry-scanner';

/** Makes the index equal to what registries have, whichever events were lost. */
@Injectable()
export class ReconcilerService {
  constructor(
    private readonly database: Database,
    private readonly registries: RegistriesService,
    private readonly scanner: RegistryScanner,
    private readonly missingTags: MissingTagsService,
    private readonly results: ReconcileResultsService,
    private readonly jobs: Jobs,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Reads every repository that is placed on a registry. New tags are stored immediately. Missing tags are recorded, and
   * deleted if an earlier reconcile missed them too and the registry responds 404 for each. Nothing is deleted when the
   * registry could not be read completely, or when more is missing than the limit allows. Throws NOT_FOUND;
   * errors of the registry are part of the result.
   */
  async reconcile(name: string, options: ReconcileOptions = {}): Promise<ReconcileResult> {
    const registry = await this.registries.get(name);
    const startedAt = new Date();
    const scan = await this.scanner.scan(registry, startedAt, options);
    const isComplete = scan.error === null;
    const alarm = isComplete ? alarmOf(scan, options.limit) : null;
    let deleted = 0;
    if (isComplete && alarm === null && !options.dryRun) {
      deleted = await this.deleteMissing(registry, scan);
    }
    const { repositories, added, missing, unclaimed, error } = scan;
    const result: ReconcileResult = {
      registry: registry.name,
      startedAt,
      finishedAt: new Date(),
      repositories,
      added,
      deleted,
      missing: missing - deleted,
      unclaimed,
      error,
      alarm,
    };
    if (!options.dryRun) await this.results.store(registry.id, result);
    if (error ?? alarm) this.logger.warn({ ...result }, 'registry reconcile failed');
    return result;
  }

  /** Reconciles as a job: throws when the registry was not read completely, so that the job is retried. */
  async reconcileInBackground(registryId: string, options: ReconcileOptions): Promise<void> {
    const registry = await this.registries.findById(registryId);
    if (registry === undefined) return;
    const { error } = await this.reconcile(registry.name, options);
    if (error !== null) throw new Error(`reconcile of ${registry.name}: ${error}`);
  }

  /** Adds one job per registry that reconciles it. */
  async reconcileAll(options: { full: boolean }): Promise<void> {
    const registries = await this.registries.list();
    await this.database.transaction(async (manager) => {
      for (const { id } of registries) {
        const job = options.full ? registryReconcileFull : registryReconcile;
        await this.jobs.add(manager, job, { registryId: id }, { key: `${job.type}:${id}`, maxAttempts: 5 });
      }
    });
  }

  private async deleteMissing(registry: Registry, scan: RegistryScan): Promise<number> {
    let deleted = 0;
    try {
      for (const tags of scan.missingTags.filter(({ confirmed }) => confirmed.length > 0)) {
        deleted += await this.missingTags.delete(registry, tags);
      }
    } catch (error) {
      scan.error = errorMessage(error);
    }
    return deleted;
  }
}
