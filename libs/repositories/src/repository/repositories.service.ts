import { CreationRateLimits, type Identity } from '@central-index/accounts';
import { AuditService } from '@central-index/audit';
import { decide, NamespacesService, denialReasonText, type Action } from '@central-index/namespaces';
import { parseRepositoryName, type RepositoryName } from '@central-index/naming';
import { ChangeListener, Database, InvalidatingCache } from '@central-index/platform/database';
import { denied, invalidInput, notFound } from '@central-index/platform/errors';
import { Jobs } from '@central-index/platform/jobs';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import {
  expireUnpushed,
  recordPushGrant,
  claimPlacement,
  type FirstPush,
} from '../placement/placement-queries';
import { repositoryDeleted, repositoryExists } from './repositories.errors';
import { repositoryChanged, repositoryDeletedFact } from './repositories.facts';
import { queryFacts, queryNamespace, queryRepository } from './repository-queries';
import { querySearchable, querySearchableAfter, queryRecentlyPulledAfter } from './repository-queries';
import type { RepositoryFactsRow, Repository, SearchableRepository } from './repository-queries';

/** What may be told and changed of a repository; texts are validated by isDescription() and isReadme(). */
export interface RepositoryTexts {
  readonly description?: string;
  readonly readme?: string;
  readonly visibility?: 'public' | 'private';
}

/** Repositories as a resource, and the facts that decisions and search are made of. */
@Injectable()
export class RepositoriesService {
  private readonly cache: InvalidatingCache<RepositoryFactsRow>;

  constructor(
    private readonly database: Database,
    private readonly namespaces: NamespacesService,
    private readonly limits: CreationRateLimits,
    private readonly audit: AuditService,
    private readonly jobs: Jobs,
    changes: ChangeListener,
  ) {
    this.cache = new InvalidatingCache(changes, { lifetimeMs: 60_000, capacity: 20_000 });
  }

  /** What the decision must know of each path, in one query. Paths that are no repository's name are left out. */
  facts(paths: readonly string[], manager?: EntityManager): Promise<Map<string, RepositoryFactsRow>> {
    return queryFacts(this.database, paths, manager);
  }

  /**
   * The same for what is only read: from memory, as long as nothing tells that a row has changed, else in one query
   * for all that is not remembered.
   */
  async cachedFacts(paths: readonly string[]): Promise<Map<string, RepositoryFactsRow>> {
    const known = new Map(
      paths.flatMap((path) => {
        const facts = this.cache.get(path);
        return facts === undefined ? [] : [[path, facts] as const];
      }),
    );
    const missing = paths.filter((path) => !known.has(path));
    if (missing.length === 0) return known;
    const keep = this.cache.beginFill();
    for (const [path, facts] of await this.facts(missing)) {
      keep(path, facts, [`repository:${path}`, `namespace:${facts.name.namespace}`]);
      known.set(path, facts);
    }
    return known;
  }

  /** What search may find of these ids; what must not be found is undefined. */
  async searchable(ids: readonly string[]): Promise<Map<string, SearchableRepository | undefined>> {
    const found = new Map((await querySearchable(this.database, ids)).map((one) => [one.id, one]));
    return new Map(ids.map((id) => [id, found.get(id)]));
  }

  /** All that search may find, page by page in the order of ids; begin with after '0'. */
  searchableAfter(after: string, limit: number): Promise<SearchableRepository[]> {
    return querySearchableAfter(this.database, after, limit);
  }

  /** Those whose unique pulls still count for something, page by page; begin with after '0'. */
  recentlyPulledAfter(after: string, limit: number): Promise<string[]> {
    return queryRecentlyPulledAfter(this.database, after, limit);
  }

  /** One repository that the caller may see. Throws NOT_FOUND, the same whether it is absent or private. */
  async find(identity: Identity, path: string): Promise<Repository> {
    return (await this.require(identity, path, 'view')).view;
  }

  /** Repositories of a namespace that the caller may see, by name, after the name `after`. */
  async list(
    identity: Identity,
    namespaceName: string,
    page: { after?: string; limit: number },
  ): Promise<{ items: Repository[]; next?: string }> {
    const namespace = await this.namespaces.find(namespaceName);
    if (!namespace) throw notFound(`namespace ${namespaceName}`);
    const items: Repository[] = [];
    let after = page.after ?? '';
    // What the caller may not see is skipped, so that a page is short only when it is the last.
    for (;;) {
      const rows = await queryNamespace(this.database, namespace.id, identity, {
        after,
        limit: page.limit + 1,
      });
      for (const { facts, view } of rows) {
        if (!decide(identity, 'view', facts).allowed) continue;
        if (items.length === page.limit) return { items, next: items.at(-1)!.name };
        items.push(view);
      }
      if (rows.length <= page.limit) return { items };
      after = rows.at(-1)!.view.name;
    }
  }

  /** Makes a repository without images. Throws DENIED, REPOSITORY_EXISTS, REPOSITORY_DELETED, TOO_MANY_REQUESTS. */
  async create(identity: Identity, path: string, texts: RepositoryTexts): Promise<Repository> {
    const name = parseRepositoryName(path);
    if (!name) throw invalidInput([{ field: 'name', message: 'is not a name that a repository may bear' }]);
    const facts = (await this.facts([name.path])).get(name.path);
    if (!facts?.namespace) throw notFound(`namespace ${name.namespace}`);
    // Asked as if the name were free, so that others learn nothing of it.
    allow(identity, 'metadata', { ...facts, repository: undefined });
    refuseTaken(facts);
    if (!facts.repository) await this.consumeCreationLimit(identity);
    return this.database.transaction(async (manager) => {
      const [row] = await this.database.rows<{ id: string }>(
        `insert into repository (namespace_id, path, name, state, visibility, description, readme)
         select id, $2, $3, 'active', coalesce($4, default_visibility), $5, $6 from namespace
          where name = $1 and owner_id = $7
         on conflict (path) do update set state = 'active', visibility = excluded.visibility,
           description = excluded.description, readme = excluded.readme, updated_at = now()
           where repository.state = 'pending'
         returning id`,
        [
          name.namespace,
          name.path,
          name.name,
          texts.visibility ?? null,
          texts.description ?? '',
          texts.readme ?? '',
          identity.kind === 'account' ? identity.account.id : null,
        ],
        manager,
      );
      if (!row) throw repositoryExists(name.full);
      await this.record(manager, 'repository.created', identity, name);
      await this.jobs.emit(manager, repositoryChanged({ repositoryId: row.id }));
      return (await queryRepository(this.database, name.path, manager))!.view;
    });
  }

  /** ChangeListener texts or visibility. Throws NOT_FOUND, DENIED. */
  async update(identity: Identity, path: string, texts: RepositoryTexts): Promise<Repository> {
    const { facts, view } = await this.require(identity, path, 'metadata');
    if (facts.name.official && texts.visibility === 'private') {
      throw invalidInput([{ field: 'visibility', message: 'official repositories are public' }]);
    }
    return this.database.transaction(async (manager) => {
      const { description = null, readme = null, visibility = null } = texts;
      const [changed] = await this.database.prepared<Changed>(
        `update repository set description = coalesce($3, description), readme = coalesce($4, readme),
           visibility = coalesce($5, visibility), updated_at = now()
           from namespace where namespace.id = namespace_id and repository.id = $1 and ${stillOwnedBy('$2')}
         returning description, readme, visibility, repository.updated_at as "updatedAt"`,
        [view.id, facts.namespace?.ownerId ?? null, description, readme, visibility],
        manager,
      );
      if (!changed) throw notFound(`repository ${facts.name.full}`);
      if (texts.visibility !== undefined && texts.visibility !== view.visibility) {
        await this.record(manager, `repository.made-${texts.visibility}`, identity, facts.name);
      }
      await this.jobs.emit(manager, repositoryChanged({ repositoryId: view.id }));
      return { ...view, ...changed };
    });
  }

  /**
   * Removes a repository: from now on no token opens it; a job deletes its images. What stays is a tombstone that
   * keeps name and visibility. Throws NOT_FOUND, DENIED.
   */
  async delete(identity: Identity, path: string): Promise<void> {
    const { facts, view } = await this.require(identity, path, 'manage');
    await this.database.transaction(async (manager) => {
      await this.lock(manager, facts);
      await this.softDelete(manager, view.id);
      await this.record(manager, 'repository.deleted', identity, facts.name);
    });
  }

  /** Makes a repository a tombstone; false when it was none to begin with. Who may is the caller's affair. */
  async softDelete(manager: EntityManager, id: string): Promise<boolean> {
    const rows = await this.database.rows(
      `update repository set state = 'deleted', deleted_at = now(), updated_at = now(), description = '', readme = '',
         automated = false, imported = false, stars = 0, pulls = 0, unique_pulls = 0, imported_stars = 0,
         imported_pulls = 0, pushed_at = null
        where id = $1 and state <> 'deleted' returning id`,
      [id],
      manager,
    );
    if (rows.length === 0) return false;
    for (const table of [
      'tag',
      'tag_history',
      'pull_count',
      'manifest_request',
      'tag_deletion',
      'star',
      'push_grant',
    ]) {
      await manager.query(`delete from ${table} where repository_id = $1`, [id]);
    }
    await this.jobs.emit(manager, repositoryChanged({ repositoryId: id }));
    await this.jobs.emit(manager, repositoryDeletedFact({ repositoryId: id }));
    return true;
  }

  /**
   * Places a name that was never pushed, or a deleted one of the owner's, on the registry of its first push. Answers
   * the facts as they now are: of two pushes at once to two registries, one finds the name placed elsewhere.
   */
  async claimPlacement(manager: EntityManager, push: FirstPush): Promise<RepositoryFactsRow> {
    await claimPlacement(this.database, manager, push);
    return (await this.facts([push.name.path], manager)).get(push.name.path)!;
  }

  /** Notes that the account was granted a push just now; events name a pusher by it. */
  recordPushGrant(manager: EntityManager, repositoryId: string, accountId: string): Promise<void> {
    return recordPushGrant(manager, repositoryId, accountId);
  }

  /** Takes back names and places that were granted a day ago and never pushed; for an hourly job. */
  expireUnpushed(): Promise<number> {
    return expireUnpushed(this.database);
  }

  /** Counts one new repository of the caller's, or throws TOO_MANY_REQUESTS. Not inside a transaction. */
  async consumeCreationLimit(identity: Identity): Promise<void> {
    if (identity.kind === 'account') await this.limits.consume('repository', identity.account.id);
  }

  /**
   * The repository if the caller may do `action` with it. Whoever may not even see it learns only NOT_FOUND; else
   * DENIED says why.
   */
  async require(
    identity: Identity,
    path: string,
    action: Action,
  ): Promise<{ facts: RepositoryFactsRow; view: Repository }> {
    const name = parseRepositoryName(path);
    if (!name) throw notFound('repository');
    const found = await queryRepository(this.database, name.path);
    if (!found || !decide(identity, 'view', found.facts).allowed) throw notFound(`repository ${name.full}`);
    allow(identity, action, found.facts);
    return found;
  }

  private async lock(manager: EntityManager, { id, name, namespace }: RepositoryFactsRow): Promise<void> {
    const rows = await this.database.rows(
      `select repository.id from repository join namespace on namespace.id = namespace_id
        where repository.id = $1 and ${stillOwnedBy('$2')}
          for no key update of repository`,
      [id, namespace?.ownerId ?? null],
      manager,
    );
    if (rows.length === 0) throw notFound(`repository ${name.full}`);
  }

  private record(
    manager: EntityManager,
    action: string,
    identity: Identity,
    name: RepositoryName,
  ): Promise<void> {
    return this.audit.record(manager, {
      action,
      actor: { name: identity.kind === 'account' ? identity.account.name : null },
      subjectType: 'repository',
      subject: name.full,
    });
  }
}

type Changed = Pick<Repository, 'description' | 'readme' | 'visibility' | 'updatedAt'>;

// What was decided must still hold when it is done: the same owner, and a repository that is there.
const stillOwnedBy = (owner: string): string =>
  `repository.state in ('active', 'hidden') and namespace.owner_id is not distinct from ${owner}`;

function allow(identity: Identity, action: Action, facts: RepositoryFactsRow): void {
  const decision = decide(identity, action, facts);
  if (!decision.allowed) throw denied(denialReasonText(decision.reason));
}

function refuseTaken({ name, repository }: RepositoryFactsRow): void {
  if (repository?.state === 'deleted') throw repositoryDeleted(name.full);
  if (repository && repository.state !== 'pending') throw repositoryExists(name.full);
}
