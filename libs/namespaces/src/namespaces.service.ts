import type { Identity } from '@central-index/accounts';
import { AuditService, type Actor } from '@central-index/audit';
import { isNamespaceName } from '@central-index/naming';
import { Database } from '@central-index/platform/database';
import { invalidInput, notFound } from '@central-index/platform/errors';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { toNameError, namespaceNotAssignable } from './namespaces.errors';

/** A namespace as other rooms see it. `ownerId` is null for official and for unassigned imported ones. */
export interface Namespace {
  readonly id: string;
  readonly name: string;
  readonly ownerId: string | null;
  readonly origin: 'sign-up' | 'administrator' | 'import' | 'system';
  readonly defaultVisibility: 'public' | 'private';
}

/** What an import must know of a namespace. */
export interface ImportedNamespace {
  readonly id: string;
  readonly owned: boolean;
}

const columns = `id, name, owner_id as "ownerId", origin, default_visibility as "defaultVisibility"`;

/** The private repositories that a caller may see: those of the namespaces, where patterns are given only what they match. */
export interface PrivateScope {
  readonly namespaces: readonly string[];
  /** Patterns over `ns/name`, as an access token is limited to. */
  readonly patterns?: readonly string[];
}

/** Who owns which namespace. */
@Injectable()
export class NamespacesService {
  constructor(
    private readonly database: Database,
    private readonly audit: AuditService,
  ) {}

  /** The namespace of that name. */
  async find(name: string): Promise<Namespace | undefined> {
    const [row] = await this.database.rows<Namespace>(`select ${columns} from namespace where name = $1`, [
      name,
    ]);
    return row;
  }

  /** Makes a namespace; throws NAME_TAKEN or NAME_RESERVED as the database says. */
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
      throw invalidInput([{ field: 'name', message: 'is not a name that a namespace may bear' }]);
    }
    try {
      const [row] = await this.database.rows<Namespace>(
        `insert into namespace (name, owner_id, origin, reserved_name_allowed) values ($1, $2, $3, $4)
         returning ${columns}`,
        [input.name, input.ownerId, input.origin, input.reservedNameAllowed ?? false],
        manager,
      );
      return row!;
    } catch (error) {
      throw toNameError(error, input.name);
    }
  }

  /** Gives a namespace to an account, whoever had it before. Throws NOT_FOUND, NAMESPACE_NOT_ASSIGNABLE. */
  async assign(name: string, accountName: string, actor: Actor): Promise<Namespace> {
    return this.database.transaction(async (manager) => {
      const [found] = await this.database.rows<Namespace>(
        `select ${columns} from namespace where name = $1 for update`,
        [name],
        manager,
      );
      if (!found) throw notFound(`namespace ${name}`);
      if (found.origin === 'system') throw namespaceNotAssignable(name);
      const [row] = await this.database.rows<Namespace>(
        `update namespace set owner_id = account.id from account
          where namespace.id = $1 and account.name = $2 and account.disabled_at is null
         returning namespace.id, namespace.name, owner_id as "ownerId", origin, default_visibility as "defaultVisibility"`,
        [found.id, accountName],
        manager,
      );
      if (!row) throw notFound(`account ${accountName}`);
      await this.audit.record(manager, {
        action: 'namespace.assigned',
        actor,
        subjectType: 'namespace',
        subject: name,
        detail: { to: accountName, from_id: found.ownerId },
      });
      return row;
    });
  }

  /** The private repositories that the caller may see: what a list or a search shows besides public ones. */
  async privateScope(identity: Identity): Promise<PrivateScope> {
    if (identity.kind !== 'account' || identity.account.disabled) return { namespaces: [] };
    const { restrictions } = identity;
    const mayNothing =
      restrictions && !restrictions.permissions.some((one) => one === 'pull' || one === 'metadata');
    if (mayNothing) return { namespaces: [] };
    const rows = await this.database.rows<{ name: string }>(
      'select name from namespace where owner_id = $1 order by name',
      [identity.account.id],
    );
    const namespaces = rows.map(({ name }) => name);
    if (restrictions === undefined || restrictions.repositories.includes('*/*')) return { namespaces };
    return { namespaces, patterns: restrictions.repositories };
  }

  /** Makes those of the names that do not exist, without owner; answers all of them. The names must be valid. */
  async ensureImported(
    manager: EntityManager,
    names: readonly string[],
  ): Promise<Map<string, ImportedNamespace>> {
    const distinct = [...new Set(names)].sort();
    // In one order, so that two imports at once wait for each other instead of dying of a deadlock.
    await manager.query(
      `insert into namespace (name, origin, reserved_name_allowed)
       select name, 'import', true from unnest($1::text[]) as wanted(name) order by name
       on conflict (name) do nothing`,
      [distinct],
    );
    const rows = await this.database.rows<{ id: string; name: string; owned: boolean }>(
      'select id, name, owner_id is not null as owned from namespace where name = any($1::text[])',
      [distinct],
      manager,
    );
    return new Map(rows.map(({ id, name, owned }) => [name, { id, owned }]));
  }
}
