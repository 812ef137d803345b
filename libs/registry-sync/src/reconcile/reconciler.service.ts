import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@central-index/platform/database';
import { DomainError } from '@central-index/platform/errors';
import { Jobs } from '@central-index/platform/jobs';
import { LOGGER, type Logger } from '@central-index/platform/logging';
import { inParallel, RegistriesService, RegistryClient, type Registry } from '@central-index/registries';
import { ContentsReader } from '../contents/contents-reader';
import { LossesService } from './missing-tags.service';
import { registryNotSwept } from '../registry-sync.errors';
import { alarmOf, type Loss, type Sweep } from './reconcile-result';
import { SweepsService } from './reconcile-results.service';

/** How to sweep. */
export interface SweepOptions {
  /** Ask for the digest of every tag, not only where a push was granted since the last complete sweep. */
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
  readonly held: number;
  /** A push was granted that may have moved a tag since the last complete sweep. */
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
  readonly losses: Loss[];
  failure: string | null;
  failuresInARow: number;
}

const pageSize = 200;
// Repositories that are asked for at the same time.
const parallel = 8;
// A registry that fails so often without a success between is left alone until the next sweep.
const patience = 10;
const outOfTime = 'not everything could be read in time';

/** Makes the index equal to what registries hold, whatever they reported or failed to report. */
@Injectable()
export class ReconcilerService {
  constructor(
    private readonly database: Database,
    private readonly registries: RegistriesService,
    private readonly client: RegistryClient,
    private readonly reader: ContentsReader,
    private readonly losses: LossesService,
    private readonly sweeps: SweepsService,
    private readonly jobs: Jobs,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Reads every repository that is placed on a registry. What is new is added at once. What is missing is noted, and
   * removed if an earlier sweep missed it too and the registry says so to a direct question; nothing is removed when
   * not everything could be read, or more is missing than can be believed. Throws NOT_FOUND and REGISTRY_NOT_SWEPT;
   * the registry's failures are told in the answer.
   */
  async reconcile(name: string, options: SweepOptions = {}): Promise<Sweep> {
    const registry = await this.registries.get(name);
    if (registry.kind === 'v1') throw registryNotSwept(registry.name);
    const startedAt = new Date();
    const progress = await this.readAll(registry, startedAt, options);
    const complete = progress.failure === null;
    const alarm = complete ? alarmOf(progress, options.limit) : null;
    let removed = 0;
    if (complete && alarm === null && !options.dryRun) {
      removed = await this.removeAll(registry, progress);
    }
    const { repositories, added, missing, unclaimed, failure } = progress;
    const sweep: Sweep = {
      registry: registry.name,
      startedAt,
      finishedAt: new Date(),
      repositories,
      added,
      removed,
      missing: missing - removed,
      unclaimed,
      failure,
      alarm,
    };
    if (!options.dryRun) await this.sweeps.keep(registry.id, sweep);
    if (failure ?? alarm) this.logger.warn({ ...sweep }, 'sweep of a registry did not end well');
    return sweep;
  }

  /** A sweep as a job: throws when not everything could be read, so that it is tried again. */
  async sweep(registryId: string, options: SweepOptions): Promise<void> {
    const registry = await this.registries.findById(registryId);
    if (registry === undefined || registry.kind === 'v1') return;
    const { failure } = await this.reconcile(registry.name, options);
    if (failure !== null) throw new Error(`sweep of ${registry.name}: ${failure}`);
  }

  /** Has every registry swept, each by a job of its own. */
  async sweepAll(options: { full: boolean }): Promise<void> {
    const registries = await this.registries.list();
    await this.database.transaction(async (manager) => {
      for (const { id, kind } of registries) {
        if (kind === 'v1') continue;
        const job = options.full ? 'registry.sweep-fully' : 'registry.sweep';
        await this.jobs.add(manager, job, { registryId: id }, { key: `${job}:${id}`, maxAttempts: 5 });
      }
    });
  }

  private async readAll(registry: Registry, startedAt: Date, options: SweepOptions): Promise<Progress> {
    const progress: Progress = {
      repositories: 0,
      added: 0,
      missing: 0,
      unclaimed: 0,
      filled: 0,
      found: 0,
      losses: [],
      failure: null,
      failuresInARow: 0,
    };
    const digestsSince = options.full ? null : await this.sweeps.completeSince(registry.id);
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
      progress.failure ??= whyOf(error);
    }
    return progress;
  }

  private async readOne(
    registry: Registry,
    candidate: Candidate,
    { dryRun, until = Infinity }: SweepOptions,
    progress: Progress,
  ): Promise<void> {
    if (Date.now() > until) {
      progress.failure ??= outOfTime;
      throw new Error(outOfTime);
    }
    try {
      const reading = await this.reader.read(registry, candidate.id, { digests: candidate.touched, dryRun });
      progress.failuresInARow = 0;
      if (reading === undefined) return;
      const { news, missing } = reading;
      progress.repositories += 1;
      progress.added += news;
      progress.missing += missing.length;
      if (candidate.held > 0) progress.filled += 1;
      if (candidate.held > missing.length) progress.found += 1;
      if (!dryRun && missing.length + candidate.missedBefore.length > 0) {
        await this.losses.note(candidate.id, missing);
      }
      if (missing.length > 0) {
        const confirmed = missing.filter((tag) => candidate.missedBefore.includes(tag));
        progress.losses.push({ repositoryId: candidate.id, confirmed });
      }
    } catch (error) {
      progress.failure ??= whyOf(error);
      progress.failuresInARow += 1;
      if (!(error instanceof DomainError) || progress.failuresInARow >= patience) throw error;
    }
  }

  private async removeAll(registry: Registry, progress: Progress): Promise<number> {
    let removed = 0;
    try {
      for (const loss of progress.losses.filter(({ confirmed }) => confirmed.length > 0)) {
        removed += await this.losses.remove(registry, loss);
      }
    } catch (error) {
      progress.failure = whyOf(error);
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
              (select count(*)::int from tag where repository_id = repository.id) as held,
              $3::timestamptz is null or exists (
                select from push_grant where repository_id = repository.id and granted_at > $3) as touched,
              array(select tag from missing_tag where repository_id = repository.id and since < $5) as "missedBefore"
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

const whyOf = (error: unknown): string => (error instanceof DomainError ? error.message : String(error));
