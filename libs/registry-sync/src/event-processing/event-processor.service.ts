import { Injectable } from '@nestjs/common';
import { parseRepositoryName } from '@central-index/naming';
import { Database } from '@central-index/platform/database';
import { DomainError } from '@central-index/platform/errors';
import {
  NotificationsService,
  RegistriesService,
  type Registry,
  type PendingRegistryEvent,
} from '@central-index/registries';
import { readEvent } from '../events/event-reader';
import type { RegistryEvent } from '../events/registry-event';
import type { PendingEvent } from './event-resolution';
import { PullCounter, type PendingPullEvent } from '@central-index/repositories';
import { RepositoryEventApplier } from './repository-event-applier';

// An event is 64 kB at most, and most are 1 kB.
const batchSize = 500;
// Repositories whose registry is asked at the same time.
const parallel = 6;

/** Applies what registries report: sorts events by repository, and parks what they may not say. */
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
   * Applies all events of a registry that wait. May run late, twice, or beside itself: each event has its effect once,
   * and repositories end up as the registry is. Throws when the registry could not be asked about some; those wait on,
   * and hold nothing else up.
   */
  async apply(registryId: string): Promise<void> {
    const registry = await this.registries.findById(registryId);
    if (registry === undefined) return;
    const failures: unknown[] = [];
    let after = '0';
    for (;;) {
      const events = await this.notifications.pending(registryId, batchSize, after);
      const last = events.at(-1);
      if (last === undefined) break;
      after = last.id;
      const silent = await this.applyBatch(registry, events, failures);
      if (silent) break;
    }
    if (failures.length > 0) throw failures[0];
  }

  /**
   * Applies the report of a push once more, whose tag was not there yet when its registry was asked, perhaps. May run
   * late or twice: what the registry answers now is what it comes to.
   */
  async recheck(eventId: string, attempt: number): Promise<void> {
    const stored = await this.notifications.find(eventId);
    const registry = stored && (await this.registries.findById(stored.registryId));
    if (registry === undefined) return;
    const event = readEvent(stored!.body);
    if (event.kind !== 'push') return;
    const place = (await this.placements([event])).get(parseRepositoryName(event.path)?.path ?? '');
    if (place === undefined || rejectionOf(registry, event, place) !== undefined) return;
    const { id, receivedAt } = stored!;
    await this.applier.apply(registry, place.id, [{ id, receivedAt, event }], attempt);
  }

  // True when the registry does not answer at all, so that the rest need not be tried.
  private async applyBatch(
    registry: Registry,
    events: readonly PendingRegistryEvent[],
    failures: unknown[],
  ): Promise<boolean> {
    const { changes, pulls } = await this.groupByRepository(registry, events);
    const groups = [...changes];
    let silent = false;
    for (let from = 0; from < groups.length; from += parallel) {
      const slice = groups.slice(from, from + parallel);
      const outcomes = await Promise.allSettled(
        slice.map(async ([repositoryId, reports]) => {
          await this.applier.apply(registry, repositoryId, reports);
          changes.delete(repositoryId);
        }),
      );
      const failed = outcomes.flatMap((outcome) =>
        outcome.status === 'rejected' ? [outcome.reason as unknown] : [],
      );
      failures.push(...failed);
      if (failed.length === slice.length && failed.every(isSilence)) {
        silent = true;
        break;
      }
    }
    // What is pulled can be an index that a report tells of which could not be applied yet: its pulls wait, too.
    for (const repositoryId of changes.keys()) pulls.delete(repositoryId);
    await this.pulls.apply(registry, pulls);
    return silent;
  }

  // Reports by repository; events that concern none are settled here.
  private async groupByRepository(
    registry: Registry,
    events: readonly PendingRegistryEvent[],
  ): Promise<Sorted> {
    const read = events.map((event) => ({ ...event, event: readEvent(event.body) }));
    const places = await this.placements(read.map(({ event }) => event));
    const changes = new Map<string, PendingEvent[]>();
    const pulls = new Map<string, PendingPullEvent[]>();
    const nothing: string[] = [];
    const parked = new Map<string, string[]>();
    for (const { id, receivedAt, event } of read) {
      if (event.kind === 'nothing') {
        nothing.push(id);
        continue;
      }
      const place =
        event.kind === 'unreadable' ? undefined : places.get(parseRepositoryName(event.path)?.path ?? '');
      const refusal = event.kind === 'unreadable' ? event.reason : rejectionOf(registry, event, place);
      if (refusal !== undefined && 'own' in event) {
        // What a move writes before it changes the place, and deletes after it.
        nothing.push(id);
      } else if (place === undefined || event.kind === 'unreadable' || refusal !== undefined) {
        const reason = refusal ?? 'unknown';
        append(parked, reason, id);
      } else if (place.state === 'deleted') {
        nothing.push(id);
      } else if (event.kind === 'pull') {
        append<PendingPullEvent>(pulls, place.id, { id, receivedAt, event });
      } else {
        append<PendingEvent>(changes, place.id, { id, receivedAt, event });
      }
    }
    await this.database.transaction(async (manager) => {
      await this.notifications.setState(manager, nothing, 'applied');
      for (const [reason, ids] of parked) await this.notifications.setState(manager, ids, 'parked', reason);
    });
    return { changes, pulls };
  }

  private async placements(events: readonly RegistryEvent[]): Promise<Map<string, Placement>> {
    const paths = events.flatMap((event) => ('path' in event ? [parseRepositoryName(event.path)?.path] : []));
    const rows = await this.database.rows<Placement & { path: string }>(
      `select id, path, state, registry_id as "registryId", registry_path as "registryPath"
         from repository where path = any($1)`,
      [[...new Set(paths)]],
    );
    return new Map(rows.map((row) => [row.path, row]));
  }
}

/** Reports by repository: of what was changed, and of what was asked for. */
interface Sorted {
  readonly changes: Map<string, PendingEvent[]>;
  readonly pulls: Map<string, PendingPullEvent[]>;
}

interface Placement {
  readonly id: string;
  readonly state: string;
  readonly registryId: string | null;
  readonly registryPath: string | null;
}

function append<T>(groups: Map<string, T[]>, key: string, item: T): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [item]);
  else group.push(item);
}

/** Why a registry may not say this of that name, or undefined when it may. */
function rejectionOf(
  registry: Registry,
  event: Extract<RegistryEvent, { path: string }>,
  place: Placement | undefined,
): string | undefined {
  if (place === undefined) return 'no repository has this name';
  if (place.state === 'deleted') return event.kind === 'push' ? 'the repository was deleted' : undefined;
  if (place.registryId === null) return 'the repository is placed on no registry';
  if (place.registryId !== registry.id) return 'the repository is placed on another registry';
  if (place.registryPath !== event.path)
    return `the repository lies at the registry as ${place.registryPath}`;
  return undefined;
}

// A registry that does not believe our token answers, but nothing else would come of asking on.
const isSilence = (error: unknown): boolean =>
  error instanceof DomainError && ['REGISTRY_UNREACHABLE', 'REGISTRY_UNAUTHORIZED'].includes(error.code);
