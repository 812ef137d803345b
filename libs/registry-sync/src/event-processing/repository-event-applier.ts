import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Database } from '@central-index/platform/database';
import { Jobs } from '@central-index/platform/jobs';
import { NotificationsService, type Registry } from '@central-index/registries';
import type { EntityManager } from 'typeorm';
import { ContentsService } from '../contents/contents.service';
import { ImageReader, isUnreadable, type Image } from '../contents/image-reader';
import {
  resolveEvents,
  prematurePushes,
  referencesToFetch,
  rejectionReason,
  type FetchedImages,
  type StoredTag,
  type PendingEvent,
} from './event-resolution';
import { tagRecheckRequested } from '../registry-sync.facts';

/** Reports to be applied; `attempt` counts how often they were before. */
interface ApplyTask {
  readonly registry: Registry;
  readonly repositoryId: string;
  readonly reports: readonly PendingEvent[];
  readonly attempt: number;
}

/** A repository before its registry is asked. */
interface Snapshot {
  readonly version: string;
  readonly path: string;
  /** What is held of it, if a deletion was reported. */
  readonly storedTags: readonly StoredTag[];
}

// When a tag is looked at again that was not as reported: a registry writes it a few milliseconds later, on distant storage
// within a second.
const firstRetryMs = 50;
const recheckDelaysSeconds = [1, 5, 30];
// What waited for longer was not too early.
const recentMs = 10 * 60 * 1000;
// A repository that changes all the time is not chased for longer.
const maxTries = 3;
const day = 24 * 60 * 60 * 1000;

/** Applies the reports of one repository: asks its registry what is true now, and writes that in one transaction. */
@Injectable()
export class RepositoryEventApplier {
  constructor(
    private readonly database: Database,
    private readonly notifications: NotificationsService,
    private readonly images: ImageReader,
    private readonly contents: ContentsService,
    private readonly jobs: Jobs,
  ) {}

  /**
   * Applies reports that all concern this repository. No lock is held while the registry is asked: when the row was
   * changed meanwhile, the answers may be older than what was written, and are asked for again. Of one that changes all
   * the time, each report is applied with the row locked. With `attempt`, they were applied before, too early perhaps, and
   * are applied once more.
   */
  async apply(
    registry: Registry,
    repositoryId: string,
    reports: readonly PendingEvent[],
    attempt = 0,
  ): Promise<void> {
    for (let tries = 0; tries < maxTries; tries += 1) {
      const before = await this.snapshot(registry, repositoryId, reports);
      const answers: FetchedImages =
        before === undefined ? new Map() : await this.fetchWithRetry(registry, before, reports);
      const done = await this.database.transaction((manager) =>
        this.settle(manager, { registry, repositoryId, reports, attempt }, before, answers),
      );
      if (done) return;
    }
    for (const report of reports)
      await this.applyLocked({ registry, repositoryId, reports: [report], attempt });
  }

  private applyLocked(task: ApplyTask): Promise<void> {
    const { registry, repositoryId, reports } = task;
    return this.database.transaction(async (manager) => {
      await this.contents.lock(manager, repositoryId, registry.id);
      const before = await this.snapshot(registry, repositoryId, reports, manager);
      const answers: FetchedImages =
        before === undefined ? new Map() : await this.fetch(registry, before, reports);
      await this.settle(manager, task, before, answers);
    });
  }

  // Undefined when it is no longer placed there.
  private async snapshot(
    registry: Registry,
    repositoryId: string,
    reports: readonly PendingEvent[],
    manager: EntityManager = this.database.manager,
  ): Promise<Snapshot | undefined> {
    const [row] = await this.database.rows<Snapshot>(
      `select version, registry_path as path,
              case when $3 then (
                select coalesce(json_agg(json_build_object('name', coalesce(tag.name, ''), 'digest', digest)), '[]')
                  from manifest left join tag using (repository_id, digest) where repository_id = $1
              ) else '[]' end as "storedTags"
         from repository where id = $1 and registry_id = $2 and state <> 'deleted'`,
      [repositoryId, registry.id, reports.some(({ event }) => event.kind === 'delete')],
      manager,
    );
    return row;
  }

  private async fetch(
    registry: Registry,
    before: Snapshot,
    reports: readonly PendingEvent[],
  ): Promise<FetchedImages> {
    const { tags, digests } = referencesToFetch(before.storedTags, reports);
    const answers = new Map<string, Image | undefined | string>();
    for (const reference of [...tags, ...digests]) {
      if (answers.has(reference)) continue;
      const answer = await this.images.read(registry, before.path, reference).catch((error: unknown) => {
        if (isUnreadable(error)) return error.message;
        throw error;
      });
      answers.set(reference, answer);
      // What a tag names need not be asked for again by its digest.
      if (typeof answer === 'object') answers.set(answer.digest, answer);
    }
    return answers;
  }

  private async fetchWithRetry(
    registry: Registry,
    before: Snapshot,
    reports: readonly PendingEvent[],
  ): Promise<FetchedImages> {
    const answers = await this.fetch(registry, before, reports);
    const early = prematurePushes(reports, answers).filter(isRecent);
    if (early.length === 0) return answers;
    await pause(firstRetryMs);
    return new Map([...answers, ...(await this.fetch(registry, before, early))]);
  }

  // False when the repository was changed since `before`.
  private async settle(
    manager: EntityManager,
    { registry, repositoryId, reports, attempt }: ApplyTask,
    before: Snapshot | undefined,
    answers: FetchedImages,
  ): Promise<boolean> {
    const version = await this.contents.lock(manager, repositoryId, registry.id);
    if (before === undefined || version === undefined) {
      const reason = 'the repository is no longer placed on this registry';
      await this.notifications.setState(manager, idsOf(reports), 'parked', reason);
      return true;
    }
    if (version !== before.version) return false;
    const readable: PendingEvent[] = [];
    for (const report of reports) {
      const reason = rejectionReason(report, answers);
      if (reason === undefined) readable.push(report);
      else await this.notifications.setState(manager, [report.id], 'parked', reason);
    }
    const applied = await this.notifications.setState(manager, idsOf(readable), 'applied');
    const fresh = readable.filter(({ id }) => attempt > 0 || applied.has(id));
    if (fresh.length > 0) {
      const pusherOf = await this.pushers(manager, repositoryId, fresh);
      await this.contents.write(
        manager,
        repositoryId,
        resolveEvents(before.storedTags, fresh, answers, pusherOf),
      );
      await this.scheduleRecheck(manager, prematurePushes(fresh, answers), attempt);
    }
    return true;
  }

  private async scheduleRecheck(
    manager: EntityManager,
    reports: readonly PendingEvent[],
    attempt: number,
  ): Promise<void> {
    const seconds = recheckDelaysSeconds[attempt];
    const recent = reports.filter(isRecent);
    if (seconds === undefined || recent.length === 0) return;
    const facts = recent.map(({ id }) => tagRecheckRequested({ eventId: id, attempt: attempt + 1 }));
    await this.jobs.emitDelayed(manager, facts, seconds);
  }

  // A report's actor is no proof: only an account that was granted that push within the day is believed to be it.
  private async pushers(
    manager: EntityManager,
    repositoryId: string,
    reports: readonly PendingEvent[],
  ): Promise<(report: PendingEvent, at: Date) => string | null> {
    const names = reports.flatMap(({ event }) => (event.kind === 'push' ? (event.actor ?? []) : []));
    if (names.length === 0) return () => null;
    const rows = await this.database.rows<{ id: string; name: string; grantedAt: Date }>(
      `select account.id, account.name, granted_at as "grantedAt"
         from push_grant join account on account.id = account_id
        where repository_id = $1 and account.name = any($2)`,
      [repositoryId, [...new Set(names)]],
      manager,
    );
    const grants = new Map(rows.map((row) => [row.name, row]));
    return ({ event }, at) => {
      const grant = event.kind === 'push' ? grants.get(event.actor ?? '') : undefined;
      return grant !== undefined && grant.grantedAt.getTime() > at.getTime() - day ? grant.id : null;
    };
  }
}

const isRecent = ({ receivedAt }: PendingEvent): boolean => Date.now() - receivedAt.getTime() < recentMs;

const idsOf = (reports: readonly PendingEvent[]): string[] => reports.map(({ id }) => id);
