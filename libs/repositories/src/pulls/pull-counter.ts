import { Database } from '@central-index/platform/database';
import { Jobs } from '@central-index/platform/jobs';
import { NotificationsService, type Registry } from '@central-index/registries';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { repositoryChanged } from '../repository/repositories.facts';
import type { UniquePull } from '../repository/unique-pull-weight';
import { timeOf } from './manifest-request';
import { attributePulls } from './pull-attribution';
import {
  decreasePullCounts,
  deleteRequestsOlderThan,
  increasePullCounts,
  insertManifestRequests,
  lockPlacedRepositories,
  otherReferences,
  selectIndexEntries,
  selectReferencesWithoutRow,
  selectRequestsInSpans,
  selectRequestSpans,
  updateCountedAs,
  updatePullTotals,
  type CountedReference,
  type RequestSpan,
  type StoredRequestRow,
} from './pull-counter.queries';
import {
  addressOf,
  trustedAddress,
  spansOf,
  type PendingPullEvent,
  asUntrusted,
  type RepositoryPullEvent,
} from './pull-events';
import { UniquePulls } from './unique-pulls';

/** A change of the number of pulls of one reference on one day. */
interface PullCountChange extends CountedReference {
  readonly pulls: number;
}

// Popular repositories are pulled all the time: search follows their counts with this delay.
const emitDelaySeconds = 15;
// More than the ten seconds between two requests of one pull, so that events may arrive late.
const retentionMinutes = 10;
// With a colon, so that it is no tag.
const v1Reference = 'v1:images';
// A client may name as many references as a repository has: the counts of further ones of a day are stored together.
const maxReferencesPerDay = 1_000;

/** Counts pulls from the manifest requests that registries report: each once, in whatever order events arrive. */
@Injectable()
export class PullCounter {
  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
    private readonly notifications: NotificationsService,
    private readonly uniquePulls: UniquePulls,
  ) {}

  /** Counts the events by repository, in one transaction and without a request to the registry. */
  async apply(
    registry: Registry,
    eventsByRepository: ReadonlyMap<string, readonly PendingPullEvent[]>,
  ): Promise<void> {
    if (eventsByRepository.size === 0) return;
    await this.database.transaction(async (manager) => {
      const repositoryIds = [...eventsByRepository.keys()];
      const rows = await this.database.query(lockPlacedRepositories, [repositoryIds, registry.id], manager);
      const placed = new Set(rows.map(({ id }) => id));
      const events = [...eventsByRepository].flatMap(([repositoryId, list]) =>
        list.map((event): RepositoryPullEvent => ({ ...event, repositoryId })),
      );
      const idsOf = (isPlaced: boolean): string[] =>
        events.filter(({ repositoryId }) => placed.has(repositoryId) === isPlaced).map(({ id }) => id);
      const reason = 'the repository is no longer placed on this registry';
      await this.notifications.setState(manager, idsOf(false), 'parked', reason);
      const applied = await this.notifications.setState(manager, idsOf(true), 'applied');
      const applicable = events.filter(({ id }) => applied.has(id));
      const fresh = registry.behindProxy ? applicable : applicable.map(asUntrusted);
      if (fresh.length === 0) return;
      await this.store(manager, fresh);
      await this.count(manager, spansOf(fresh));
    });
  }

  /** Counts a pull that the index itself let begin, of a client that names neither tag nor digest to it. */
  async countOne(repositoryId: string, address: string): Promise<void> {
    const at = new Date();
    const change = { repositoryId, day: at.toISOString().slice(0, 10), reference: v1Reference, pulls: 1 };
    await this.database.transaction((manager) =>
      this.add(manager, [change], [{ repositoryId, address, at }]),
    );
  }

  /** Counts the last minutes of a repository again, after more is known about which manifests belong to which index. */
  async recount(manager: EntityManager, repositoryId: string): Promise<void> {
    const spans = await this.database.query(selectRequestSpans, [repositoryId], manager);
    await this.count(manager, spans);
  }

  /** Deletes requests that no later one can belong to, and returns how many. Counts are not affected. */
  purgeRequests(): Promise<number> {
    return this.database.execute(deleteRequestsOlderThan, [retentionMinutes]);
  }

  /** Deletes expired unique pulls, and returns how many. Popularity stays. */
  purgeUniquePulls(): Promise<number> {
    return this.uniquePulls.purgeExpired();
  }

  private async store(manager: EntityManager, events: readonly RepositoryPullEvent[]): Promise<void> {
    const values = [
      events.map(({ repositoryId }) => repositoryId),
      events.map(addressOf),
      events.map(timeOf),
      events.map(({ event }) => event.head),
      events.map(({ event }) => event.tag ?? null),
      events.map(({ event }) => event.digest),
    ];
    await this.database.execute(insertManifestRequests, values, manager);
  }

  private async count(manager: EntityManager, spans: readonly RequestSpan[]): Promise<void> {
    const rows = await this.requestsIn(manager, spans);
    const entries = await this.indexEntries(manager, rows);
    const changes = [...groupByRepositoryAndAddress(rows).values()].flatMap((requests) => {
      const attributed = attributePulls(
        requests,
        (digest) => entries.get(`${requests[0]!.repositoryId} ${digest}`) ?? [],
      );
      return requests
        .map((row) => ({ ...row, now: attributed.get(row.id) ?? null }))
        .filter(({ open, counted, now }) => open && counted !== now);
    });
    if (changes.length === 0) return;
    const values = [changes.map(({ id }) => id), changes.map(({ now }) => now)];
    await this.database.execute(updateCountedAs, values, manager);
    // A request that becomes part of another pull removes no unique pull: both pulls are of the same address and hour.
    const uniquePulls = changes
      .filter(({ counted }) => counted === null)
      .map(({ repositoryId, address, at }) => ({ repositoryId, address: trustedAddress(address), at }));
    const countChanges = changes.flatMap(({ repositoryId, day, counted, now }) => [
      ...(counted === null ? [] : [{ repositoryId, day, reference: counted, pulls: -1 }]),
      ...(now === null ? [] : [{ repositoryId, day, reference: now, pulls: 1 }]),
    ]);
    await this.add(manager, countChanges, uniquePulls);
  }

  private requestsIn(manager: EntityManager, spans: readonly RequestSpan[]): Promise<StoredRequestRow[]> {
    const values = [
      spans.map(({ repositoryId }) => repositoryId),
      spans.map(({ address }) => address),
      spans.map(({ from }) => from),
      spans.map(({ to }) => to),
    ];
    return this.database.query(selectRequestsInSpans, values, manager);
  }

  /** The entries of the requested indexes, by repository and digest. */
  private async indexEntries(
    manager: EntityManager,
    requests: readonly StoredRequestRow[],
  ): Promise<Map<string, string[]>> {
    const values = [requests.map(({ repositoryId }) => repositoryId), requests.map(({ digest }) => digest)];
    const rows = await this.database.query(selectIndexEntries, values, manager);
    return new Map(rows.map(({ repositoryId, digest, children }) => [`${repositoryId} ${digest}`, children]));
  }

  private async add(
    manager: EntityManager,
    uncombined: readonly PullCountChange[],
    uniquePulls: readonly UniquePull[],
  ): Promise<void> {
    const changes = await this.combine(manager, uncombined);
    const columns = [
      changes.map(({ repositoryId }) => repositoryId),
      changes.map(({ day }) => day),
      changes.map(({ reference }) => reference),
      changes.map(({ pulls }) => pulls),
    ];
    await this.database.execute(decreasePullCounts, columns, manager);
    await this.database.execute(increasePullCounts, columns, manager);
    const weights = await this.uniquePulls.record(manager, uniquePulls);
    const values = [...columns, [...weights.keys()], [...weights.values()]];
    const repositories = await this.database.query(updatePullTotals, values, manager);
    await this.jobs.emitDelayed(
      manager,
      repositories.map(({ id }) => repositoryChanged({ repositoryId: id })),
      emitDelaySeconds,
    );
  }

  /** The changes with those of references that have no row of their own under `otherReferences`. */
  private async combine(
    manager: EntityManager,
    changes: readonly PullCountChange[],
  ): Promise<PullCountChange[]> {
    const values = [
      changes.map(({ repositoryId }) => repositoryId),
      changes.map(({ day }) => day),
      changes.map(({ reference }) => reference),
      maxReferencesPerDay,
    ];
    const keyOf = ({ repositoryId, day, reference }: CountedReference): string =>
      `${repositoryId} ${day} ${reference}`;
    const rows = await this.database.query(selectReferencesWithoutRow, values, manager);
    const without = new Set(rows.map(keyOf));
    return changes.map((change) =>
      without.has(keyOf(change)) ? { ...change, reference: otherReferences } : change,
    );
  }
}

function groupByRepositoryAndAddress(rows: readonly StoredRequestRow[]): Map<string, StoredRequestRow[]> {
  const groups = new Map<string, StoredRequestRow[]>();
  for (const row of rows) {
    const key = `${row.repositoryId} ${row.address}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
}
