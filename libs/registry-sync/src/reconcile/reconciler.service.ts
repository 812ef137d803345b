import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '@central-index/platform/config';
import { Database } from '@central-index/platform/database';
import { Jobs, type FactDefinition } from '@central-index/platform/jobs';
import { LOGGER, type Logger } from '@central-index/platform/logging';
import { RegistriesService, type Registry } from '@central-index/registries';
import { registryReconcile, registryReconcileFull } from '../registry-sync.facts';
import { MissingTagsService } from './missing-tags.service';
import type { ReconcileOptions } from './reconcile-options';
import { alarmOf, type ReconcileResult } from './reconcile-result';
import { ReconcileResultsService } from './reconcile-results.service';
import { selectDueRegistries } from './reconciler.queries';
import { errorMessage, RegistryScanner, type RegistryScan } from './registry-scanner';

const maxAttempts = 5;
// How often the schedule asks what is due: a reconcile that is due half of that later is due now.
const scheduleSeconds = 60;

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
    @Inject(CONFIG) private readonly config: Config,
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
      repositoriesMissingTags: scan.missingTags.length,
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

  /** Adds a job for each registry that reads the digest of every tag. */
  async reconcileAll(): Promise<void> {
    const registries = await this.registries.list();
    await this.addJobs(
      registryReconcileFull,
      registries.map(({ id }) => id),
    );
  }

  /**
   * Adds a job for each registry whose last reconcile started RECONCILE_EVERY ago or earlier, or that was never reconciled,
   * unless one is pending or running.
   */
  async reconcileDue(): Promise<void> {
    const seconds = this.config.reconcileEvery - scheduleSeconds / 2;
    const rows = await this.database.query(selectDueRegistries, [seconds]);
    await this.addJobs(
      registryReconcile,
      rows.map(({ id }) => id),
    );
  }

  private async addJobs(job: FactDefinition<{ registryId: string }>, ids: readonly string[]): Promise<void> {
    await this.database.transaction(async (manager) => {
      for (const registryId of ids) {
        if (await this.jobs.isPending(manager, job({ registryId }))) continue;
        await this.jobs.emit(manager, job({ registryId }), { maxAttempts });
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
