import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { AuditService, type Actor } from '@central-index/audit';
import { foldCase } from '@central-index/naming';
import {
  isConstraintViolation,
  ChangeListener,
  Database,
  InvalidatingCache,
} from '@central-index/platform/database';
import { notFound } from '@central-index/platform/errors';
import type { EntityManager, Repository } from 'typeorm';
import { createHookSecret, hookSecretHash } from './hook-secret';
import { registryInUse, registryExists } from './registries.errors';
import {
  validateChanges,
  validateRegistry,
  type NewRegistry,
  type Registry,
  type RegistryChanges,
} from './registry';
import { toRegistry } from './registry-mapping';
import { RegistryEntity } from './registry.entity';

/** The registries that the index serves. */
@Injectable()
export class RegistriesService {
  private readonly byService: InvalidatingCache<Registry>;

  constructor(
    private readonly database: Database,
    private readonly audit: AuditService,
    @InjectRepository(RegistryEntity) private readonly registries: Repository<RegistryEntity>,
    changes: ChangeListener,
  ) {
    this.byService = new InvalidatingCache(changes, { lifetimeMs: 60_000, capacity: 1_000 });
  }

  /**
   * Registers a blob registry. `hookSecret` authenticates its notifications; it is stored as a hash and cannot be shown
   * again. Throws VALIDATION_FAILED or REGISTRY_EXISTS.
   */
  async add(input: NewRegistry, actor: Actor): Promise<{ registry: Registry; hookSecret: string }> {
    const values = validateRegistry(input);
    const hookSecret = createHookSecret();
    const registry = await refuseDuplicates(values, () =>
      this.database.transaction(async (manager) => {
        const row = manager.create(RegistryEntity, {
          ...values,
          behindProxy: input.behindProxy ?? false,
          hookSecretHash: hookSecretHash(hookSecret),
        });
        await manager.insert(RegistryEntity, row);
        await this.audit.record(manager, {
          action: 'registry.added',
          actor,
          subjectType: 'registry',
          subject: values.name,
          detail: { url: values.url, host: values.host, service: values.service, kind: values.kind },
        });
        return toRegistry(await manager.findOneByOrFail(RegistryEntity, { name: values.name }));
      }),
    );
    return { registry, hookSecret };
  }

  /**
   * Changes a registry; its placements and placement rules stay. Throws NOT_FOUND, VALIDATION_FAILED or REGISTRY_EXISTS.
   */
  async change(name: string, changes: RegistryChanges, actor: Actor): Promise<Registry> {
    const registry = await this.get(name);
    const { id } = registry;
    const values = validateChanges(registry, changes);
    return refuseDuplicates(values, () =>
      this.database.transaction(async (manager) => {
        const { affected } = await manager.update(RegistryEntity, { id }, values);
        if (affected === 0) throw notFound('registry', name);
        await this.audit.record(manager, {
          action: 'registry.changed',
          actor,
          subjectType: 'registry',
          subject: registry.name,
          detail: { ...values },
        });
        return toRegistry(await manager.findOneByOrFail(RegistryEntity, { id }));
      }),
    );
  }

  /** All registries, sorted by name. */
  async list(): Promise<Registry[]> {
    return (await this.registries.find({ order: { name: 'ASC' } })).map(toRegistry);
  }

  /** The registry of that name, or undefined. */
  async find(name: string): Promise<Registry | undefined> {
    return this.one({ name });
  }

  /** The registry of that id, or undefined when it was removed. */
  async findById(id: string): Promise<Registry | undefined> {
    return this.one({ id });
  }

  /** The registry of that name, in any case of letters. Throws NOT_FOUND. */
  async get(name: string): Promise<Registry> {
    const registry = await this.one({ name: foldCase(name) });
    if (registry === undefined) throw notFound('registry', name);
    return registry;
  }

  /** The registry whose tokens have that audience. Cached until it changes, because every token request needs it. */
  async findByService(service: string): Promise<Registry | undefined> {
    const cached = this.byService.get(service);
    if (cached !== undefined) return cached;
    const commit = this.byService.beginFill();
    const registry = await this.one({ service });
    // An unknown service is not cached: any client may request any number of them.
    if (registry !== undefined) commit(service, registry, [`registry:${registry.id}`]);
    return registry;
  }

  /**
   * Removes a registry and its events, in the transaction that orphaned its repositories. Throws NOT_FOUND, or
   * REGISTRY_IN_USE while repositories are placed on it. `detail` is added to the audit entry.
   */
  async remove(
    manager: EntityManager,
    name: string,
    actor: Actor,
    detail: Readonly<Record<string, unknown>> = {},
  ): Promise<void> {
    const folded = foldCase(name);
    try {
      const { affected } = await manager.delete(RegistryEntity, { name: folded });
      if (affected === 0) throw notFound('registry', name);
    } catch (error) {
      if (isConstraintViolation(error, 'repository_registry_id_fkey')) throw registryInUse(name);
      throw error;
    }
    await this.audit.record(manager, {
      action: 'registry.removed',
      actor,
      subjectType: 'registry',
      subject: folded,
      detail,
    });
  }

  private async one(
    where: { name: string } | { id: string } | { service: string },
  ): Promise<Registry | undefined> {
    const row = await this.registries.findOneBy(where);
    return row === null ? undefined : toRegistry(row);
  }
}

/** Throws REGISTRY_EXISTS when a unique constraint refuses the values. */
async function refuseDuplicates<T>(
  values: Partial<Record<'name' | 'service' | 'host', string>>,
  write: () => Promise<T>,
): Promise<T> {
  try {
    return await write();
  } catch (error) {
    for (const field of ['name', 'service', 'host'] as const) {
      if (isConstraintViolation(error, `registry_${field}_key`)) {
        throw registryExists(field, values[field] ?? '');
      }
    }
    throw error;
  }
}
