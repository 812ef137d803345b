import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Database } from '@central-index/platform/database';
import { Jobs } from '@central-index/platform/jobs';
import { NotificationsService, type Registry } from '@central-index/registries';
import type { EntityManager } from 'typeorm';
import { ContentsService } from '../contents/contents.service';
import { ImageReader, isUnreadable, type Image } from '../contents/image-reader';
import { tagRecheckRequested } from '../registry-sync.facts';
import {
  prematurePushes,
  referencesToFetch,
  rejectionReason,
  resolveEvents,
  type FetchedImages,
  type PendingEvent,
} from './event-resolution';
import { selectEventSnapshot, type EventSnapshot } from './repository-event-applier.queries';
import { TrustedPushers } from './trusted-pushers';

/** Events of one repository to be applied; `recheck` counts how many times they were applied before. */
interface ApplyTask {
  readonly registry: Registry;
  readonly repositoryId: string;
  readonly events: readonly PendingEvent[];
  readonly recheck: number;
}

// When a tag is fetched again that was not served as reported: a registry writes it a few milliseconds after the event,
// on remote storage within a second.
const firstRetryMs = 50;
const recheckDelaysSeconds = [1, 5, 30];
// An older event was not fetched too early.
const maxRecheckAgeMs = 10 * 60 * 1000;
// A repository that changes at every attempt is then handled with its row locked.
const maxAttempts = 3;

/** Applies the events of one repository: reads from its registry what exists, and writes that in one transaction. */
@Injectable()
export class RepositoryEventApplier {
  constructor(
    private readonly database: Database,
    private readonly notifications: NotificationsService,
    private readonly images: ImageReader,
    private readonly contents: ContentsService,
    private readonly pushers: TrustedPushers,
    private readonly jobs: Jobs,
  ) {}

  /**
   * Applies events that all concern this repository. No lock is held during requests to the registry: if the row changed
   * meanwhile, the responses may be older than what was written, and are requested again. If it changes at every attempt,
   * the events are applied one by one with the row locked. With `recheck`, the events were applied before, possibly too
   * early, and are applied again.
   */
  async apply(
    registry: Registry,
    repositoryId: string,
    events: readonly PendingEvent[],
    recheck = 0,
  ): Promise<void> {
    const task = { registry, repositoryId, events, recheck };
    for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
      const snapshot = await this.snapshot(task);
      const fetched: FetchedImages =
        snapshot === undefined ? new Map() : await this.fetchWithRetry(registry, snapshot, events);
      const isDone = await this.database.transaction((manager) =>
        this.settle(manager, task, snapshot, fetched),
      );
      if (isDone) return;
    }
    for (const event of events) await this.applyLocked({ ...task, events: [event] });
  }

  private applyLocked(task: ApplyTask): Promise<void> {
    const { registry, repositoryId, events } = task;
    return this.database.transaction(async (manager) => {
      await this.contents.lock(manager, repositoryId, registry.id);
      const snapshot = await this.snapshot(task, manager);
      const fetched: FetchedImages =
        snapshot === undefined ? new Map() : await this.fetch(registry, snapshot, events);
      await this.settle(manager, task, snapshot, fetched);
    });
  }

  // Undefined when the repository is no longer placed on the registry.
  private snapshot(
    { registry, repositoryId, events }: ApplyTask,
    manager?: EntityManager,
  ): Promise<EventSnapshot | undefined> {
    const hasDeletion = events.some(({ event }) => event.kind === 'delete');
    return this.database.queryOne(selectEventSnapshot, [repositoryId, registry.id, hasDeletion], manager);
  }

  private async fetch(
    registry: Registry,
    { path, storedTags }: EventSnapshot,
    events: readonly PendingEvent[],
  ): Promise<FetchedImages> {
    const { tags, digests } = referencesToFetch(storedTags, events);
    const fetched = new Map<string, Image | undefined | string>();
    for (const reference of [...tags, ...digests]) {
      if (fetched.has(reference)) continue;
      const image = await this.images.read(registry, path, reference).catch((error: unknown) => {
        if (isUnreadable(error)) return error.message;
        throw error;
      });
      fetched.set(reference, image);
      // Saves the request by digest for an image that was fetched by tag.
      if (typeof image === 'object') fetched.set(image.digest, image);
    }
    return fetched;
  }

  private async fetchWithRetry(
    registry: Registry,
    snapshot: EventSnapshot,
    events: readonly PendingEvent[],
  ): Promise<FetchedImages> {
    const fetched = await this.fetch(registry, snapshot, events);
    const premature = prematurePushes(events, fetched).filter(isRecent);
    if (premature.length === 0) return fetched;
    await pause(firstRetryMs);
    return new Map([...fetched, ...(await this.fetch(registry, snapshot, premature))]);
  }

  // Returns false when the repository changed after the snapshot.
  private async settle(
    manager: EntityManager,
    { registry, repositoryId, events, recheck }: ApplyTask,
    snapshot: EventSnapshot | undefined,
    fetched: FetchedImages,
  ): Promise<boolean> {
    const version = await this.contents.lock(manager, repositoryId, registry.id);
    if (snapshot === undefined || version === undefined) {
      const reason = 'the repository is no longer placed on this registry';
      await this.notifications.setState(manager, idsOf(events), 'parked', reason);
      return true;
    }
    if (version !== snapshot.version) return false;
    const readable: PendingEvent[] = [];
    for (const event of events) {
      const reason = rejectionReason(event, fetched);
      if (reason === undefined) readable.push(event);
      else await this.notifications.setState(manager, [event.id], 'parked', reason);
    }
    const applied = await this.notifications.setState(manager, idsOf(readable), 'applied');
    const effective = readable.filter(({ id }) => recheck > 0 || applied.has(id));
    if (effective.length > 0) {
      const pusherOf = await this.pushers.find(manager, registry, repositoryId, effective);
      const observed = resolveEvents(snapshot.storedTags, effective, fetched, pusherOf);
      await this.contents.write(manager, repositoryId, observed);
      await this.scheduleRecheck(manager, prematurePushes(effective, fetched), recheck);
    }
    return true;
  }

  private async scheduleRecheck(
    manager: EntityManager,
    events: readonly PendingEvent[],
    recheck: number,
  ): Promise<void> {
    const delay = recheckDelaysSeconds[recheck];
    const recent = events.filter(isRecent);
    if (delay === undefined || recent.length === 0) return;
    const facts = recent.map(({ id }) => tagRecheckRequested({ eventId: id, attempt: recheck + 1 }));
    await this.jobs.emitDelayed(manager, facts, delay);
  }
}

const isRecent = ({ receivedAt }: PendingEvent): boolean =>
  Date.now() - receivedAt.getTime() < maxRecheckAgeMs;

const idsOf = (events: readonly PendingEvent[]): string[] => events.map(({ id }) => id);
