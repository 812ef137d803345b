import {
  accountOf,
  restrictionsOf,
  toAccountName,
  type Account,
  type Identity,
} from '@central-index/accounts';
import { AuditService, type Actor } from '@central-index/audit';
import { foldCase, isNamespaceName, namespaceNameRule } from '@central-index/naming';
import { Database } from '@central-index/platform/database';
import { invalidInput, notFound } from '@central-index/platform/errors';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { EntityManager, Repository } from 'typeorm';
import { hasMembers } from './membership';
import { NamespaceEntity } from './namespace.entity';
import { toNameError, namespaceNotAssignable } from './namespaces.errors';
import {
  assignNamespace,
  insertImportedNamespaces,
  selectMembershipByName,
  selectNamespaceView,
  selectNamespaceViewsByMember,
  selectNamesByMember,
  selectNamespaces,
  type NamespaceListRow,
  type NamespaceView,
} from './namespaces.queries';

/** A namespace. `ownerId` is null for official and for unassigned imported ones. */
export type Namespace = Pick<NamespaceEntity, 'id' | 'name' | 'ownerId' | 'origin' | 'defaultVisibility'>;

/** What an import needs of a namespace. */
export interface ImportedNamespace {
  readonly id: string;
  /** True if the namespace has an owner, who then owns the texts of its repositories too. */
  readonly owned: boolean;
}

/** The private repositories that a caller may see: those of the namespaces, limited to the patterns if there are any. */
export interface PrivateScope {
  readonly namespaces: readonly string[];
  /** Patterns over `ns/name`: the limits of an access token. */
  readonly patterns?: readonly string[];
}

/** Namespaces and their owners. */
@Injectable()
export class NamespacesService {
  constructor(
    private readonly database: Database,
    @InjectRepository(NamespaceEntity) private readonly namespaces: Repository<NamespaceEntity>,
    private readonly audit: AuditService,
  ) {}

  /** The namespace of that name, in any case of letters. */
  async find(typed: string): Promise<Namespace | undefined> {
    const name = foldCase(typed);
    if (!isNamespaceName(name)) return undefined;
    const namespace = await this.namespaces.findOneBy({ name });
    return namespace === null ? undefined : toNamespace(namespace);
  }

  /** The namespace of that name, as any caller may see it. Throws NOT_FOUND. */
  async view(name: string): Promise<NamespaceView> {
    const view = isNamespaceName(name)
      ? await this.database.queryOne(selectNamespaceView, [name])
      : undefined;
    if (view === undefined) throw notFound('namespace');
    return view;
  }

  /** A page of the namespaces that an account is a member of, by name, after the name `after`. */
  listOf(
    account: Account,
    page: { readonly after?: string; readonly limit: number },
  ): Promise<NamespaceView[]> {
    return this.database.query(selectNamespaceViewsByMember, [account.id, page.after ?? '', page.limit]);
  }

  /** Lists namespaces by name, after the name `after`, at most `limit`: those of an owner, or those without one. */
  list(page: {
    readonly after?: string;
    readonly limit: number;
    readonly owner?: string;
    readonly unowned?: boolean;
  }): Promise<NamespaceListRow[]> {
    const owner = page.owner === undefined ? null : toAccountName(page.owner);
    const values = [page.after ?? '', page.limit, owner, page.unowned ?? false];
    return this.database.query(selectNamespaces, values);
  }

  /** Creates a namespace. Throws NAME_TAKEN or NAME_RESERVED if the database refuses the name. */
  async create(
    manager: EntityManager,
    input: {
      name: string;
      ownerId: string | null;
      origin: 'sign-up' | 'administrator' | 'import';
      reservedNameAllowed?: boolean;
    },
  ): Promise<Namespace> {
    if (!isNamespaceName(input.name)) {
      throw invalidInput([{ field: 'name', message: namespaceNameRule }]);
    }
    const namespace = manager.create(NamespaceEntity, input);
    try {
      await manager.insert(NamespaceEntity, namespace);
    } catch (error) {
      throw toNameError(error, input.name);
    }
    return toNamespace(namespace);
  }

  /** Assigns a namespace to an account, whether it has an owner or not. Throws NOT_FOUND, NAMESPACE_NOT_ASSIGNABLE. */
  async assign(typedName: string, typedAccount: string, actor: Actor): Promise<Namespace> {
    const name = foldCase(typedName);
    const accountName = toAccountName(typedAccount);
    if (!isNamespaceName(name)) throw notFound('namespace', name);
    return this.database.transaction(async (manager) => {
      const namespace = await manager.findOne(NamespaceEntity, {
        where: { name },
        lock: { mode: 'pessimistic_write' },
      });
      if (namespace === null) throw notFound('namespace', name);
      if (namespace.origin === 'system') throw namespaceNotAssignable(name);
      const assigned = await this.database.queryOne(assignNamespace, [namespace.id, accountName], manager);
      if (assigned === undefined) throw notFound('account', accountName);
      await this.audit.record(manager, {
        action: 'namespace.assigned',
        actor,
        subjectType: 'namespace',
        subject: name,
        detail: { to: accountName, from_id: namespace.ownerId },
      });
      return { ...toNamespace(namespace), ...assigned };
    });
  }

  /** The private repositories that the caller may see: lists and searches show them next to the public ones. */
  async privateScope(identity: Identity): Promise<PrivateScope> {
    const account = accountOf(identity);
    if (account === undefined || account.disabled) return { namespaces: [] };
    const restrictions = restrictionsOf(identity);
    const mayView =
      restrictions === undefined ||
      restrictions.permissions.some((permission) => permission === 'pull' || permission === 'metadata');
    if (!mayView) return { namespaces: [] };
    const rows = await this.database.query(selectNamesByMember, [account.id]);
    const namespaces = rows.map(({ name }) => name);
    if (restrictions === undefined || restrictions.repositories.includes('*/*')) return { namespaces };
    return { namespaces, patterns: restrictions.repositories };
  }

  /** Creates those of the names that do not exist, without an owner, and returns all by name. The names must be valid. */
  async ensureImported(
    manager: EntityManager,
    names: readonly string[],
  ): Promise<Map<string, ImportedNamespace>> {
    const distinct = [...new Set(names)].sort();
    await this.database.execute(insertImportedNamespaces, [distinct], manager);
    const rows = await this.database.query(selectMembershipByName, [distinct], manager);
    return new Map(rows.map(({ id, name, ownerId }) => [name, { id, owned: hasMembers({ ownerId }) }]));
  }
}

function toNamespace({ id, name, ownerId, origin, defaultVisibility }: NamespaceEntity): Namespace {
  return { id, name, ownerId, origin, defaultVisibility };
}
