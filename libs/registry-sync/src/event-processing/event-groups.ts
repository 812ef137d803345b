import { parseRepositoryName } from '@central-index/naming';
import type { PendingRegistryEvent, Registry } from '@central-index/registries';
import type { PendingPullEvent } from '@central-index/repositories';
import { readEvent } from '../events/event-reader';
import type { RegistryEvent } from '../events/registry-event';
import type { PlacementRow } from './event-processor.queries';
import type { PendingEvent } from './event-resolution';

/** A pending event, parsed. */
export interface ParsedEvent {
  readonly id: string;
  readonly receivedAt: Date;
  readonly event: RegistryEvent;
}

/** Pending events, sorted by what is to be done with them. */
export interface EventGroups {
  /** Pushes and deletions by repository id. */
  readonly changes: Map<string, PendingEvent[]>;
  /** Pulls by repository id. */
  readonly pulls: Map<string, PendingPullEvent[]>;
  /** Ids of events without an effect. */
  readonly ignored: string[];
  /** Ids of events to be parked, by reason. */
  readonly parked: Map<string, string[]>;
}

/** Parses stored events. */
export function parseEvents(events: readonly PendingRegistryEvent[]): ParsedEvent[] {
  return events.map(({ id, receivedAt, body }) => ({ id, receivedAt, event: readEvent(body) }));
}

/** The canonical path of an event's repository; undefined when the event names none, or an invalid one. */
export function canonicalPathOf(event: RegistryEvent): string | undefined {
  return 'path' in event ? parseRepositoryName(event.path)?.path : undefined;
}

/** Sorts events of a registry. `placements` has their repositories by canonical path. */
export function groupEvents(
  registry: Registry,
  events: readonly ParsedEvent[],
  placements: ReadonlyMap<string, PlacementRow>,
): EventGroups {
  const groups: EventGroups = { changes: new Map(), pulls: new Map(), ignored: [], parked: new Map() };
  for (const { id, receivedAt, event } of events) {
    if (event.kind === 'ignored') {
      groups.ignored.push(id);
      continue;
    }
    if (event.kind === 'unreadable') {
      append(groups.parked, event.reason, id);
      continue;
    }
    const placement = placements.get(canonicalPathOf(event) ?? '');
    const rejection = rejectionOf(registry, event, placement);
    if (rejection !== undefined && 'own' in event) {
      // The index's own writes for a move: the copy before the placement changes, the deletion after it.
      groups.ignored.push(id);
    } else if (placement === undefined || rejection !== undefined) {
      append(groups.parked, rejection ?? 'unknown', id);
    } else if (placement.state === 'deleted') {
      groups.ignored.push(id);
    } else if (event.kind === 'pull') {
      append(groups.pulls, placement.id, { id, receivedAt, event });
    } else {
      append(groups.changes, placement.id, { id, receivedAt, event });
    }
  }
  return groups;
}

/** Why a registry may not send this event for that repository; undefined when it may. */
export function rejectionOf(
  registry: Registry,
  event: Extract<RegistryEvent, { path: string }>,
  placement: PlacementRow | undefined,
): string | undefined {
  if (placement === undefined) return 'no repository has this name';
  if (placement.state === 'deleted') return event.kind === 'push' ? 'the repository was deleted' : undefined;
  if (placement.registryId === null) return 'the repository is placed on no registry';
  if (placement.registryId !== registry.id) return 'the repository is placed on another registry';
  if (placement.registryPath !== event.path) {
    return `the registry path of the repository is ${placement.registryPath}`;
  }
  return undefined;
}

function append<T>(groups: Map<string, T[]>, key: string, item: T): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [item]);
  else group.push(item);
}
