import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@central-index/platform/database';
import { DomainError } from '@central-index/platform/errors';
import { Jobs } from '@central-index/platform/jobs';
import { LOGGER, type Logger } from '@central-index/platform/logging';
import { inParallel, RegistriesService, RegistryClient, type Registry } from '@central-index/registries';
import { ContentsReader } from '../contents/contents-reader';
import { MissingTagsService } from './missing-tags.service';
import { reconcileUnsupported } from '../registry-sync.errors';
import { registryReconcile, registryReconcileFull } from '../registry-sync.facts';
import { alarmOf, type MissingRepositoryTags, type ReconcileResult } from './reconcile-result';
import { ReconcileResultsService } from './reconcile-results.service';

/** How to reconcile. */
export interface ReconcileOptions {
  /** Ask for the digest of every tag, not only where a push was granted since the last complete reconcile. */
  readonly full?: boolean;
  /** Tell what would be done, change nothing. */
  readonly dryRun?: boolean;
  /** How many repositories may lose tags, from an administrator who knows why. */
  readonly limit?: number;
  /** When to give up, in milliseconds since 1970. */
  readonly until?: number;
}

interface Candidate {
  readonly id: string;
  readonly storedTags: number;
  /** A push was granted that may have moved a tag since the last complete reconcile. */
  readonly touched: boolean;
  readonly missedBefore: readonly string[];
}

interface Progress {
  repositories: number;
  added: number;
  missing: number;
  unclaimed: number;
  filled: number;
  found: number;
  readonly missingTags: MissingRepositoryTags[];
  error: string | null;
  consecutiveErrors: number;
}

const pageSize = 200;
// Repositories that are asked for at the same time.
const parallel = 8;
// A registry that fails so often without a success between is left alone until the next reconcile.
const requestTimeoutMs = 10;
const timedOut = 'not everything could be read in time';

/** Makes the index equal to what registries hold, whatever they reported or failed to report. */
@Injectable()
export class ReconcilerService {
  constructor(
    private readonly database: Database,
    private readonly registries: RegistriesService,
    private readonly client: RegistryClient,
    private readonly reader: ContentsReader,
    private readonly missingTags: MissingTagsService,
    private readonly results: ReconcileResultsService,
    private readonly jobs: Jobs,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Reads every repository that is placed on a registry. What is new is added at once. What is missing is noted, and
   * removed if an earlier reconcile missed it too and the registry says so to a direct question; nothing is removed when
   * not everything could be read, or more is missing than can be believed. Throws NOT_FOUND and RECONCILE_UNSUPPORTED;
   * the registry's failures are told in the answer.
   */
  async reconcile(name: string, options: ReconcileOptions = {}): Promise<ReconcileResult> {
    const registry = await this.registries.get(name);
    if (registry.kind === 'v1') throw reconcileUnsupported(registry.name);
    const startedAt = new Date();
    const progress = await this.readAll(registry, startedAt, options);
    const complete = progress.error === null;
    const alarm = complete ? alarmOf(progress, options.limit) : null;
    let removed = 0;
    if (complete && alarm === null && !options.dryRun) {
      removed = await this.deleteMissing(registry, progress);
    }
    const { repositories, added, missing, unclaimed, error } = progress;
    const reconcile: ReconcileResult = {
      registry: registry.name,
      startedAt,
      finishedAt: new Date(),
      repositories,
      added,
      deleted: removed,
      missing: missing - removed,
      unclaimed,
      error: error,
      alarm,
    };
    if (!options.dryRun) await this.results.store(registry.id, reconcile);
    if (error ?? alarm) this.logger.warn({ ...reconcile }, 'reconcile of a registry did not end well');
    return reconcile;
  }

  /** A reconcile as a job: throws when not everything could be read, so that it is tried again. */
  async reconcileInBackground(registryId: string, options: ReconcileOptions): Promise<void> {
    const registry = await this.registries.findById(registryId);
    if (registry === undefined || registry.kind === 'v1') return;
    const { error } = await this.reconcile(registry.name, options);
    if (error !== null) throw new Error(`reconcile of ${registry.name}: ${error}`);
  }

  /** Has every registry reconciled, each by a job of its own. */
  async reconcileAll(options: { full: boolean }): Promise<void> {
    const registries = await this.registries.list();
    await this.database.transaction(async (manager) => {
      for (const { id, kind } of registries) {
        if (kind === 'v1') continue;
        const job = options.full ? registryReconcileFull : registryReconcile;
        await this.jobs.add(manager, job, { registryId: id }, { key: `${job.type}:${id}`, maxAttempts: 5 });
      }
    });
  }

  private async readAll(registry: Registry, startedAt: Date, options: ReconcileOptions): Promise<Progress> {
    const progress: Progress = {
      repositories: 0,
      added: 0,
      missing: 0,
      unclaimed: 0,
      filled: 0,
      found: 0,
      missingTags: [],
      error: null,
      consecutiveErrors: 0,
    };
    const digestsSince = options.full ? null : await this.results.completeSince(registry.id);
    try {
      progress.unclaimed = await this.countUnclaimed(registry);
      for (let after = '0'; ;) {
        const page = await this.page(registry, after, startedAt, digestsSince);
        const last = page.at(-1);
        if (last === undefined) break;
        after = last.id;
        await inParallel(parallel, page, (candidate) => this.readOne(registry, candidate, options, progress));
      }
    } catch (error) {
      progress.error ??= errorMessage(error);
    }
    return progress;
  }

  private async readOne(
    registry: Registry,
    candidate: Candidate,
    { dryRun, until = Infinity }: ReconcileOptions,
    progress: Progress,
  ): Promise<void> {
    if (Date.now() > until) {
      progress.error ??= timedOut;
      throw new Error(timedOut);
    }
    try {
      const reading = await this.reader.read(registry, candidate.id, { digests: candidate.touched, dryRun });
      progress.consecutiveErrors = 0;
      if (reading === undefined) return;
      const { changes, missing } = reading;
      progress.repositories += 1;
      progress.added += changes;
      progress.missing += missing.length;
      if (candidate.storedTags > 0) progress.filled += 1;
      if (candidate.storedTags > missing.length) progress.found += 1;
      if (!dryRun && missing.length + candidate.missedBefore.length > 0) {
        await this.missingTags.record(candidate.id, missing);
      }
      if (missing.length > 0) {
        const confirmed = missing.filter((tag) => candidate.missedBefore.includes(tag));
        progress.missingTags.push({ repositoryId: candidate.id, confirmed });
      }
    } catch (error) {
      progress.error ??= errorMessage(error);
      progress.consecutiveErrors += 1;
      if (!(error instanceof DomainError) || progress.consecutiveErrors >= requestTimeoutMs) throw error;
    }
  }

  private async deleteMissing(registry: Registry, progress: Progress): Promise<number> {
    let removed = 0;
    try {
      for (const loss of progress.missingTags.filter(({ confirmed }) => confirmed.length > 0)) {
        removed += await this.missingTags.remove(registry, loss);
      }
    } catch (error) {
      progress.error = errorMessage(error);
    }
    return removed;
  }

  private page(
    registry: Registry,
    after: string,
    startedAt: Date,
    digestsSince: Date | null,
  ): Promise<Candidate[]> {
    return this.database.rows<Candidate>(
      `select id,
              (select count(*)::int from tag where repository_id = repository.id) as "storedTags",
              $3::timestamptz is null or exists (
                select from push_grant where repository_id = repository.id and granted_at > $3) as touched,
              array(select tag from missing_tag where repository_id = repository.id and missing_since < $5) as "missedBefore"
         from repository where registry_id = $1 and state <> 'deleted' and id > $2 order by id limit $4`,
      [registry.id, after, digestsSince, pageSize, startedAt],
    );
  }

  // The catalog proves nothing: it may be empty, partial, or list for ever what was emptied. It only shows what to adopt.
  private async countUnclaimed(registry: Registry): Promise<number> {
    let unclaimed = 0;
    for await (const page of this.client.catalog(registry)) {
      const [row] = await this.database.rows<{ n: number }>(
        `select count(*)::int as n from unnest($2::text[]) as listed(path)
          where not exists (select from repository where registry_id = $1 and registry_path = listed.path)`,
        [registry.id, page],
      );
      unclaimed += row!.n;
    }
    return unclaimed;
  }
}

const errorMessage = (error: unknown): string =>
  error instanceof DomainError ? error.message : String(error);
