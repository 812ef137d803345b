import { Injectable } from '@nestjs/common';
import { Database } from '@central-index/platform/database';
import { DomainError } from '@central-index/platform/errors';
import { summarizeError } from '@central-index/platform/logging';
import { forEachLimited, type Registry } from '@central-index/registries';
import { ContentsReader } from '../contents/contents-reader';
import { UnclaimedNames } from '../contents/unclaimed-names';
import { MissingTagsService } from './missing-tags.service';
import type { ReconcileOptions } from './reconcile-options';
import type { MissingRepositoryTags, ReconcileCounts } from './reconcile-result';
import { ReconcileResultsService } from './reconcile-results.service';
import { selectScanCandidates, type ScanCandidate } from './registry-scanner.queries';

/** Counts of a scan, which are complete when `error` is null. */
export interface RegistryScan extends ReconcileCounts {
  /** Repositories that were read. */
  repositories: number;
  /** Tags that were added or moved. */
  added: number;
  /** Tags that the registry does not list. */
  missing: number;
  /** Names in the catalog that can be adopted. */
  unclaimed: number;
  filled: number;
  found: number;
  readonly missingTags: MissingRepositoryTags[];
  /** The first error. */
  error: string | null;
}

interface ScanState {
  readonly scan: RegistryScan;
  consecutiveErrors: number;
}

const pageSize = 200;
// Repositories that are read at the same time.
const repositoryConcurrency = 8;
// After this many failed repositories without a success between them, the scan ends: the registry is down.
const maxConsecutiveErrors = 10;
const timedOut = 'the registry could not be read completely in time';

/** Reads all repositories of a registry, stores what is new and records what is missing. */
@Injectable()
export class RegistryScanner {
  constructor(
    private readonly database: Database,
    private readonly reader: ContentsReader,
    private readonly names: UnclaimedNames,
    private readonly missingTags: MissingTagsService,
    private readonly results: ReconcileResultsService,
  ) {}

  /** Scans a registry. `startedAt` is the start of the reconcile. Does not throw errors of the registry. */
  async scan(registry: Registry, startedAt: Date, options: ReconcileOptions): Promise<RegistryScan> {
    const scan: RegistryScan = {
      repositories: 0,
      added: 0,
      missing: 0,
      unclaimed: 0,
      filled: 0,
      found: 0,
      missingTags: [],
      error: null,
    };
    const state: ScanState = { scan, consecutiveErrors: 0 };
    const digestsSince = options.full ? null : await this.results.completeSince(registry.id);
    try {
      for (let after = '0'; ;) {
        const values = [registry.id, after, digestsSince, pageSize, startedAt];
        const page = await this.database.query(selectScanCandidates, values);
        const last = page.at(-1);
        if (last === undefined) break;
        after = last.id;
        await forEachLimited(repositoryConcurrency, page, (candidate) =>
          this.scanOne(registry, candidate, options, state),
        );
      }
      // The catalog proves nothing: it may be empty or partial. After the scan, which claims what is placed there.
      scan.unclaimed = await this.names.count(registry);
    } catch (error) {
      scan.error ??= errorMessage(error);
    }
    return scan;
  }

  private async scanOne(
    registry: Registry,
    candidate: ScanCandidate,
    { dryRun, signal }: ReconcileOptions,
    state: ScanState,
  ): Promise<void> {
    const { scan } = state;
    if (signal?.aborted) {
      scan.error ??= timedOut;
      throw new Error(timedOut);
    }
    try {
      const options = { digests: candidate.touched, dryRun };
      const result = await this.reader.read(registry, candidate.id, options);
      state.consecutiveErrors = 0;
      if (result === undefined) return;
      const { changes, missing } = result;
      scan.repositories += 1;
      scan.added += changes;
      scan.missing += missing.length;
      if (candidate.storedTags > 0) scan.filled += 1;
      if (candidate.storedTags > missing.length) scan.found += 1;
      if (!dryRun && missing.length + candidate.missedBefore.length > 0) {
        await this.missingTags.record(candidate.id, missing);
      }
      if (missing.length > 0) {
        const missedBefore = new Set(candidate.missedBefore);
        const confirmed = missing.filter((tag) => missedBefore.has(tag));
        scan.missingTags.push({ repositoryId: candidate.id, confirmed });
      }
    } catch (error) {
      scan.error ??= errorMessage(error);
      state.consecutiveErrors += 1;
      if (!(error instanceof DomainError) || state.consecutiveErrors >= maxConsecutiveErrors) throw error;
    }
  }
}

/** The message of an error for a reconcile result. */
export const errorMessage = (error: unknown): string =>
  error instanceof DomainError ? error.message : summarizeError(error);
