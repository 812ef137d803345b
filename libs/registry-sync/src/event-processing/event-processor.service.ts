import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Database } from '@central-index/platform/database';
import { DomainError } from '@central-index/platform/errors';
import {
  NotificationsService,
  RegistriesService,
  type PendingRegistryEvent,
  type Registry,
} from '@central-index/registries';
import { PullCounter } from '@central-index/repositories';
import { readEvent } from '../events/event-reader';
import type { RegistryEvent } from '../events/registry-event';
import { canonicalPathOf, groupEvents, parseEvents, rejectionOf, type EventGroups } from './event-groups';
import { selectPlacements, type PlacementRow } from './event-processor.queries';
import { RepositoryEventApplier } from './repository-event-applier';

// An event has 64 kB at most, and usually 1 kB.
const batchSize = 500;
// Repositories whose events are applied at the same time.
const repositoryConcurrency = 6;

// When what the registry did not serve as reported is requested again, beginning with the events that arrived meanwhile. An
// error for a tag was retried once before: see ReferenceFetcher.
const retryDelaysMs = [50, 50, 100, 100, 200];

/** What a pass over the pending events left pending. */
interface Remainder {
  /** How many events wait until the registry serves what they report. */
  waiting: number;
  readonly failures: Error[];
  /** True when the registry is unavailable, so that nothing more was tried. */
  isUnavailable: boolean;
}

/** Applies the events that registries sent: groups them by repository, and parks those that a registry may not send. */
@Injectable()
export class EventProcessorService {
  constructor(
    private readonly database: Database,
    private readonly registries: RegistriesService,
    private readonly notifications: NotificationsService,
    private readonly applier: RepositoryEventApplier,
    private readonly pulls: PullCounter,
  ) {}

  /**
   * Applies all pending events of a registry. May run late, twice, or concurrently: each event has its effect once, and
   * repositories end up as the registry has them. Throws when the registry failed for some repositories; their events
   * stay pending and delay no others.
   */
  async apply(registryId: string): Promise<void> {
    const registry = await this.registries.findById(registryId);
    if (registry === undefined) return;
    for (const delayMs of [...retryDelaysMs, undefined]) {
      const { waiting, failures, isUnavailable } = await this.applyPending(registry, delayMs !== undefined);
      const [failure] = failures;
      if (delayMs !== undefined && waiting > 0 && !isUnavailable) await pause(delayMs);
      else if (failure !== undefined) throw failure;
      else return;
    }
  }

  /**
   * Applies a push event again whose tag the registry possibly did not serve yet. May run late or twice, because only the
   * registry's current response counts.
   */
  async recheck(eventId: string, attempt: number): Promise<void> {
    const stored = await this.notifications.find(eventId);
    const registry = stored && (await this.registries.findById(stored.registryId));
    if (registry === undefined) return;
    const event = readEvent(stored!.body);
    if (event.kind !== 'push') return;
    const placement = (await this.placements([event])).get(canonicalPathOf(event) ?? '');
    if (placement === undefined || rejectionOf(registry, event, placement) !== undefined) return;
    const { id, receivedAt } = stored!;
    const { failure } = await this.applier.apply(registry, placement.id, [{ id, receivedAt, event }], {
      recheck: attempt,
    });
    if (failure !== undefined) throw failure;
  }

  private async applyPending(registry: Registry, mayWait: boolean): Promise<Remainder> {
    const remainder: Remainder = { waiting: 0, failures: [], isUnavailable: false };
    for (let after = '0'; !remainder.isUnavailable;) {
      const events = await this.notifications.pending(registry.id, batchSize, after);
      const last = events.at(-1);
      if (last === undefined) break;
      after = last.id;
      await this.applyBatch(registry, events, mayWait, remainder);
    }
    return remainder;
  }

  private async applyBatch(
    registry: Registry,
    events: readonly PendingRegistryEvent[],
    mayWait: boolean,
    remainder: Remainder,
  ): Promise<void> {
    const { changes, pulls } = await this.groupByRepository(registry, events);
    const groups = [...changes];
    for (let from = 0; from < groups.length; from += repositoryConcurrency) {
      const slice = groups.slice(from, from + repositoryConcurrency);
      const outcomes = await Promise.allSettled(
        slice.map(async ([repositoryId, repositoryEvents]) => {
          const outcome = await this.applier.apply(registry, repositoryId, repositoryEvents, { mayWait });
          remainder.waiting += outcome.waiting;
          if (outcome.failure !== undefined) throw outcome.failure;
          if (outcome.waiting === 0) changes.delete(repositoryId);
        }),
      );
      const errors = outcomes.flatMap((outcome) =>
        outcome.status === 'rejected' ? [outcome.reason as Error] : [],
      );
      remainder.failures.push(...errors);
      remainder.isUnavailable = errors.length === slice.length && errors.every(isUnavailability);
      if (remainder.isUnavailable) break;
    }
    // A pull may be that of an index whose push event could not be applied yet, so these pulls stay pending too.
    for (const repositoryId of changes.keys()) pulls.delete(repositoryId);
    await this.pulls.apply(registry, pulls);
  }

  // Events without a repository are settled here.
  private async groupByRepository(
    registry: Registry,
    events: readonly PendingRegistryEvent[],
  ): Promise<Pick<EventGroups, 'changes' | 'pulls'>> {
    const parsed = parseEvents(events);
    const placements = await this.placements(parsed.map(({ event }) => event));
    const { ignored, parked, ...groups } = groupEvents(registry, parsed, placements);
    await this.database.transaction(async (manager) => {
      await this.notifications.setState(manager, ignored, 'applied');
      for (const [reason, ids] of parked) await this.notifications.setState(manager, ids, 'parked', reason);
    });
    return groups;
  }

  private async placements(events: readonly RegistryEvent[]): Promise<Map<string, PlacementRow>> {
    const paths = [...new Set(events.flatMap((event) => canonicalPathOf(event) ?? []))];
    const rows = await this.database.query(selectPlacements, [paths]);
    return new Map(rows.map((row) => [row.path, row]));
  }
}

// A registry that rejects the token responds, but rejects all other requests too.
const isUnavailability = (error: unknown): boolean =>
  error instanceof DomainError && ['REGISTRY_UNREACHABLE', 'REGISTRY_UNAUTHORIZED'].includes(error.code);
