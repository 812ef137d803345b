import { Injectable } from '@nestjs/common';
import { Database } from '@central-index/platform/database';
import { NotificationsService, type Registry } from '@central-index/registries';
import type { EntityManager } from 'typeorm';
import { ContentsService } from './contents.service';
import { ImageReader, isUnreadable, type Image } from './image-reader';
import {
  conclude,
  questionsOf,
  unreadableIn,
  type Answers,
  type Held,
  type Report,
} from './report-conclusions';

/** A repository before its registry is asked. */
interface Before {
  readonly version: string;
  readonly path: string;
  /** What is held of it, if a deletion was reported. */
  readonly held: readonly Held[];
}

// A repository that changes all the time is not chased for longer.
const maxTries = 3;
const day = 24 * 60 * 60 * 1000;

/** Applies the reports of one repository: asks its registry what is true now, and writes that in one transaction. */
@Injectable()
export class RepositoryReports {
  constructor(
    private readonly database: Database,
    private readonly notifications: NotificationsService,
    private readonly images: ImageReader,
    private readonly contents: ContentsService,
  ) {}

  /**
   * Applies reports that all concern this repository. No lock is held while the registry is asked: when the row was
   * changed meanwhile, the answers may be older than what was written, and are asked for again. Of one that changes all
   * the time, each report is applied with the row locked.
   */
  async apply(registry: Registry, repositoryId: string, reports: readonly Report[]): Promise<void> {
    for (let tries = 0; tries < maxTries; tries += 1) {
      const before = await this.before(registry, repositoryId, reports);
      const answers: Answers = before === undefined ? new Map() : await this.ask(registry, before, reports);
      const done = await this.database.transaction((manager) =>
        this.settle(manager, registry, repositoryId, before, reports, answers),
      );
      if (done) return;
    }
    for (const report of reports) await this.applyLocked(registry, repositoryId, report);
  }

  private applyLocked(registry: Registry, repositoryId: string, report: Report): Promise<void> {
    return this.database.transaction(async (manager) => {
      await this.contents.lock(manager, repositoryId, registry.id);
      const before = await this.before(registry, repositoryId, [report], manager);
      const answers: Answers = before === undefined ? new Map() : await this.ask(registry, before, [report]);
      await this.settle(manager, registry, repositoryId, before, [report], answers);
    });
  }

  // Undefined when it is no longer placed there.
  private async before(
    registry: Registry,
    repositoryId: string,
    reports: readonly Report[],
    manager: EntityManager = this.database.manager,
  ): Promise<Before | undefined> {
    const [row] = await this.database.rows<Before>(
      `select version, registry_path as path,
              case when $3 then (
                select coalesce(json_agg(json_build_object('name', coalesce(tag.name, ''), 'digest', digest)), '[]')
                  from manifest left join tag using (repository_id, digest) where repository_id = $1
              ) else '[]' end as held
         from repository where id = $1 and registry_id = $2 and state <> 'deleted'`,
      [repositoryId, registry.id, reports.some(({ event }) => event.kind === 'delete')],
      manager,
    );
    return row;
  }

  private async ask(registry: Registry, before: Before, reports: readonly Report[]): Promise<Answers> {
    const { tags, digests } = questionsOf(before.held, reports);
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

  // False when the repository was changed since `before`.
  private async settle(
    manager: EntityManager,
    registry: Registry,
    repositoryId: string,
    before: Before | undefined,
    reports: readonly Report[],
    answers: Answers,
  ): Promise<boolean> {
    const version = await this.contents.lock(manager, repositoryId, registry.id);
    if (before === undefined || version === undefined) {
      const reason = 'the repository is no longer placed on this registry';
      await this.notifications.mark(manager, idsOf(reports), 'parked', reason);
      return true;
    }
    if (version !== before.version) return false;
    const readable: Report[] = [];
    for (const report of reports) {
      const reason = unreadableIn(report, answers);
      if (reason === undefined) readable.push(report);
      else await this.notifications.mark(manager, [report.id], 'parked', reason);
    }
    const applied = await this.notifications.mark(manager, idsOf(readable), 'applied');
    const fresh = readable.filter(({ id }) => applied.has(id));
    if (fresh.length > 0) {
      const pusherOf = await this.pushers(manager, repositoryId, fresh);
      await this.contents.write(manager, repositoryId, conclude(before.held, fresh, answers, pusherOf));
    }
    return true;
  }

  // A report's actor is no proof: only an account that was granted that push within the day is believed to be it.
  private async pushers(
    manager: EntityManager,
    repositoryId: string,
    reports: readonly Report[],
  ): Promise<(report: Report, at: Date) => string | null> {
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

const idsOf = (reports: readonly Report[]): string[] => reports.map(({ id }) => id);
