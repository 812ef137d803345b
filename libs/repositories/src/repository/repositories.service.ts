import { accountOf, CreationRateLimits, type Identity } from '@central-index/accounts';
import { AuditService } from '@central-index/audit';
import { decide, denialReasonText, NamespacesService, type Action } from '@central-index/namespaces';
import { parseRepositoryName, repositoryNameRule, type RepositoryName } from '@central-index/naming';
import { Database } from '@central-index/platform/database';
import { denied, invalidInput, notFound, type DomainError } from '@central-index/platform/errors';
import { Jobs } from '@central-index/platform/jobs';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { repositoryExists, repositoryIsDeleted } from './repositories.errors';
import { repositoryChanged, repositoryDeleted } from './repositories.facts';
import {
  deleteOfRepository,
  insertRepository,
  lockRepository,
  softDeleteRepository,
  updateRepository,
} from './repositories.queries';
import type {
  ExistingRepositoryFacts,
  Repository,
  RepositoryFactsRow,
  RepositorySummary,
} from './repository';
import { RepositoryFactsService } from './repository-facts.service';
import { RepositoryReader } from './repository-reader';

/** What callers set of a repository; texts are validated by isDescription() and isReadme(). */
export interface RepositoryTexts {
  readonly description?: string;
  readonly readme?: string;
  readonly visibility?: 'public' | 'private';
}

/** Repositories as a resource. `address` is the IP address of the caller, for the audit log. */
@Injectable()
export class RepositoriesService {
  constructor(
    private readonly database: Database,
    private readonly namespaces: NamespacesService,
    private readonly facts: RepositoryFactsService,
    private readonly reader: RepositoryReader,
    private readonly limits: CreationRateLimits,
    private readonly audit: AuditService,
    private readonly jobs: Jobs,
  ) {}

  /** One repository that the caller may see. Throws NOT_FOUND, the same whether it is absent or private. */
  async find(identity: Identity, path: string): Promise<Repository> {
    const { name } = await this.authorize(identity, path, 'view');
    const repository = await this.reader.find(name.path);
    // It may have been hidden since the decision, so the facts that were read together with it decide again.
    if (!repository || !decide(identity, 'view', repository.facts).allowed) throw absent(name);
    return repository.view;
  }

  /** Repositories of a namespace that the caller may see, by name, after the name `after`. */
  async list(
    identity: Identity,
    namespaceName: string,
    page: { after?: string; limit: number },
  ): Promise<{ items: RepositorySummary[]; next?: string }> {
    const namespace = await this.namespaces.find(namespaceName);
    if (!namespace) throw notFound('namespace', namespaceName);
    const accountId = accountOf(identity)?.id;
    const items: RepositorySummary[] = [];
    let after = page.after ?? '';
    // What the caller may not see is skipped, so that only the last page is shorter than the limit.
    for (;;) {
      const limit = page.limit + 1;
      const rows = await this.reader.listNamespace(namespace.id, accountId, { after, limit });
      for (const { facts, view } of rows) {
        if (!decide(identity, 'view', facts).allowed) continue;
        if (items.length === page.limit) return { items, next: items.at(-1)!.name };
        items.push(view);
      }
      if (rows.length < limit) return { items };
      after = rows.at(-1)!.view.name;
    }
  }

  /** Creates a repository without images. Throws DENIED, REPOSITORY_EXISTS, REPOSITORY_DELETED, TOO_MANY_REQUESTS. */
  async create(
    identity: Identity,
    path: string,
    texts: RepositoryTexts,
    address: string,
  ): Promise<Repository> {
    const name = parseRepositoryName(path);
    if (!name) throw invalidInput([{ field: 'name', message: repositoryNameRule }]);
    const facts = (await this.facts.find([name.path])).get(name.path);
    if (!facts?.namespace) throw notFound('namespace', name.namespace);
    // Decided as if the name were free, so that the error does not reveal whether it is.
    requireAllowed(identity, 'metadata', { ...facts, repository: undefined });
    requireUnused(facts);
    const accountId = accountOf(identity)?.id;
    const isCounted = !facts.repository && accountId !== undefined;
    if (isCounted) await this.limits.consume('repository', accountId);
    try {
      return await this.insert(identity, facts, texts, address);
    } catch (error) {
      if (isCounted) await this.limits.refund('repository', accountId);
      throw error;
    }
  }

  private insert(
    identity: Identity,
    facts: RepositoryFactsRow,
    texts: RepositoryTexts,
    address: string,
  ): Promise<Repository> {
    const { name } = facts;
    const accountId = accountOf(identity)?.id;
    return this.database.transaction(async (manager) => {
      const { visibility = null, description = '', readme = '' } = texts;
      const values = [
        name.namespace,
        name.path,
        name.name,
        visibility,
        description,
        readme,
        accountId ?? null,
      ];
      const inserted = await this.database.queryOne(insertRepository, values, manager);
      if (!inserted) throw repositoryExists(name.full);
      await this.record(manager, 'repository.created', facts, identity, address);
      await this.jobs.emit(manager, repositoryChanged({ repositoryId: inserted.id }));
      return (await this.reader.find(name.path, manager))!.view;
    });
  }

  /** Changes texts or visibility. Throws NOT_FOUND, DENIED, VALIDATION_FAILED. */
  async update(
    identity: Identity,
    path: string,
    texts: RepositoryTexts,
    address: string,
  ): Promise<Repository> {
    const facts = await this.authorize(identity, path, 'metadata');
    if (facts.name.official && texts.visibility === 'private') {
      throw invalidInput([{ field: 'visibility', message: 'official repositories are public' }]);
    }
    return this.database.transaction(async (manager) => {
      const { description = null, readme = null, visibility = null } = texts;
      const ownerId = facts.namespace?.ownerId ?? null;
      const values = [facts.id, ownerId, description, readme, visibility];
      const updated = await this.database.execute(updateRepository, values, manager);
      if (updated === 0) throw absent(facts.name);
      if (visibility !== null && visibility !== facts.repository.visibility) {
        await this.record(manager, `repository.made-${visibility}`, facts, identity, address);
      }
      await this.jobs.emit(manager, repositoryChanged({ repositoryId: facts.id }));
      return (await this.reader.find(facts.name.path, manager))!.view;
    });
  }

  /**
   * Deletes a repository: no token grants access to it from now on, and a job deletes its images. A tombstone remains,
   * with name and visibility. Throws NOT_FOUND, DENIED.
   */
  async delete(identity: Identity, path: string, address: string): Promise<void> {
    const facts = await this.authorize(identity, path, 'manage');
    await this.database.transaction(async (manager) => {
      const values = [facts.id, facts.namespace?.ownerId ?? null];
      const locked = await this.database.execute(lockRepository, values, manager);
      if (locked === 0) throw absent(facts.name);
      await this.softDelete(manager, facts.id);
      await this.record(manager, 'repository.deleted', facts, identity, address);
    });
  }

  /** Makes a repository a tombstone without deciding who may; false if it is one or does not exist. */
  async softDelete(manager: EntityManager, id: string): Promise<boolean> {
    if ((await this.database.execute(softDeleteRepository, [id], manager)) === 0) return false;
    for (const statement of Object.values(deleteOfRepository)) {
      await this.database.execute(statement, [id], manager);
    }
    await this.jobs.emit(manager, repositoryChanged({ repositoryId: id }));
    await this.jobs.emit(manager, repositoryDeleted({ repositoryId: id }));
    return true;
  }

  /**
   * The facts of the repository, if the caller may take the action. Throws NOT_FOUND for one that the caller may not even
   * see, else DENIED with the reason. Decides before anything else of the repository is read: otherwise the time of the
   * refusal would reveal that it exists.
   */
  async authorize(identity: Identity, path: string, action: Action): Promise<ExistingRepositoryFacts> {
    const name = parseRepositoryName(path);
    if (!name) throw notFound('repository', path);
    const facts = await this.facts.findOne(name.path);
    if (!facts || !exists(facts) || !decide(identity, 'view', facts).allowed) throw absent(name);
    requireAllowed(identity, action, facts);
    return facts;
  }

  /** True if the caller may take the action on a repository that exists. Reads nothing but the facts. */
  async allows(identity: Identity, path: string, action: Action): Promise<boolean> {
    const name = parseRepositoryName(path);
    const facts = name && (await this.facts.findOne(name.path));
    if (facts === undefined || !exists(facts)) return false;
    return decide(identity, 'view', facts).allowed && decide(identity, action, facts).allowed;
  }

  private record(
    manager: EntityManager,
    action: string,
    { name }: RepositoryFactsRow,
    identity: Identity,
    address: string,
  ): Promise<void> {
    return this.audit.record(manager, {
      action,
      actor: { name: accountOf(identity)?.name ?? null, address },
      subjectType: 'repository',
      subject: name.full,
    });
  }
}

const absent = ({ full }: RepositoryName): DomainError => notFound('repository', full);

function exists(facts: RepositoryFactsRow): facts is ExistingRepositoryFacts {
  return facts.id !== undefined;
}

function requireAllowed(identity: Identity, action: Action, facts: RepositoryFactsRow): void {
  const decision = decide(identity, action, facts);
  if (!decision.allowed) throw denied(denialReasonText(decision.reason));
}

function requireUnused({ name, repository }: RepositoryFactsRow): void {
  if (repository?.state === 'deleted') throw repositoryIsDeleted(name.full);
  if (repository && repository.state !== 'pending') throw repositoryExists(name.full);
}
