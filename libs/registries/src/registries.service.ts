import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AuditService, type Actor } from '@central-index/audit';
import {
  isConstraintViolation,
  ChangeListener,
  Database,
  InvalidatingCache,
} from '@central-index/platform/database';
import { notFound } from '@central-index/platform/errors';
import type { EntityManager } from 'typeorm';
import { registryInUse, registryExists } from './registries.errors';
import { validateRegistry, type NewRegistry, type Registry } from './registry';
import { RegistryEntity } from './registry.entity';

/** The registries that the index serves. */
@Injectable()
export class RegistriesService {
  private readonly remembered: InvalidatingCache<Registry>;

  constructor(
    private readonly database: Database,
    private readonly audit: AuditService,
    changes: ChangeListener,
  ) {
    this.remembered = new InvalidatingCache(changes, { lifetimeMs: 60_000, capacity: 1_000 });
  }

  /**
   * Registers a blob registry. `hookSecret` is what it must send when it reports; it is stored hashed and cannot be
   * shown again. Throws VALIDATION_FAILED or REGISTRY_EXISTS.
   */
  async add(input: NewRegistry, actor: Actor): Promise<{ registry: Registry; hookSecret: string }> {
    const values = validateRegistry(input);
    const hookSecret = `ci_hook_${randomBytes(32).toString('base64url')}`;
    try {
      const registry = await this.database.transaction(async (manager) => {
        const row = manager.create(RegistryEntity, { ...values, hookSecretHash: secretHash(hookSecret) });
        await manager.insert(RegistryEntity, row);
        await this.audit.record(manager, {
          action: 'registry.added',
          actor,
          subjectType: 'registry',
          subject: values.name,
          detail: { url: values.url, host: values.host, service: values.service, kind: values.kind },
        });
        return toRegistry(await manager.findOneByOrFail(RegistryEntity, { name: values.name }));
      });
      return { registry, hookSecret };
    } catch (error) {
      for (const field of ['name', 'service', 'host'] as const) {
        if (isConstraintViolation(error, `registry_${field}_key`)) throw registryExists(field, values[field]);
      }
      throw error;
    }
  }

  /** All of them, by name. */
  async list(): Promise<Registry[]> {
    const rows = await this.database.manager.find(RegistryEntity, { order: { name: 'ASC' } });
    return rows.map(toRegistry);
  }

  /** The registry of that name, if there is one. */
  async find(name: string): Promise<Registry | undefined> {
    return this.one({ name });
  }

  /** The registry of that id, if it was not removed. */
  async findById(id: string): Promise<Registry | undefined> {
    return this.one({ id });
  }

  /** The registry of that name, or NOT_FOUND. */
  async get(name: string): Promise<Registry> {
    const registry = await this.one({ name });
    if (registry === undefined) throw notFound('registry');
    return registry;
  }

  /** The registry that calls itself so in tokens. It is remembered until it changes: every token request asks it. */
  async findByService(service: string): Promise<Registry | undefined> {
    const known = this.remembered.get(service);
    if (known !== undefined) return known;
    const keep = this.remembered.beginFill();
    const registry = await this.one({ service });
    // One that is unknown is not remembered: anybody can ask for any number of them.
    if (registry !== undefined) keep(service, registry, [`registry:${registry.id}`]);
    return registry;
  }

  /**
   * Removes a registry and what it reported, in the transaction that has dealt with its repositories. Throws
   * NOT_FOUND, or REGISTRY_IN_USE while any are placed on it. `detail` goes into the audit log.
   */
  async remove(
    manager: EntityManager,
    name: string,
    actor: Actor,
    detail: Readonly<Record<string, unknown>> = {},
  ): Promise<void> {
    try {
      const removed = await this.database.rows(
        'delete from registry where name = $1 returning id',
        [name],
        manager,
      );
      if (removed.length === 0) throw notFound('registry');
    } catch (error) {
      if (isConstraintViolation(error, 'repository_registry_id_fkey')) throw registryInUse(name);
      throw error;
    }
    await this.audit.record(manager, {
      action: 'registry.removed',
      actor,
      subjectType: 'registry',
      subject: name,
      detail,
    });
  }

  private async one(
    where: { name: string } | { id: string } | { service: string },
  ): Promise<Registry | undefined> {
    const row = await this.database.manager.findOneBy(RegistryEntity, where);
    return row === null ? undefined : toRegistry(row);
  }
}

/** What is stored of a hook's secret. It is random and long, so a plain hash is enough. */
export function secretHash(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** The read type of a stored registry: everything but the hash of its secret. */
export function toRegistry(row: RegistryEntity): Registry {
  return {
    id: row.id,
    name: row.name,
    url: row.url,
    host: row.host,
    hookUrl: row.hookUrl,
    service: row.service,
    kind: row.kind,
    tokenTtl: row.tokenTtl,
    tokenAlgorithm: row.tokenAlgorithm,
    createdAt: row.createdAt,
  };
}
