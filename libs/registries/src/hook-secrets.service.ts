import { timingSafeEqual } from 'node:crypto';
import { AuditService, type Actor } from '@central-index/audit';
import { ChangeListener, Database, InvalidatingCache } from '@central-index/platform/database';
import { notFound } from '@central-index/platform/errors';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { createHookSecret, hookSecretHash, readHookSecret } from './hook-secret';
import {
  deleteExpiredSecrets,
  deleteOlderSecrets,
  keepFormerSecret,
  selectFormerSecrets,
  type FormerSecret,
} from './hook-secrets.queries';
import { notificationUnauthorized } from './registries.errors';
import type { Registry } from './registry';
import { toRegistry } from './registry-mapping';
import { RegistryEntity } from './registry.entity';

interface RegistryCredentials {
  readonly registry: Registry;
  readonly hash: Buffer;
  /** The last one that was replaced comes last. */
  readonly former: readonly FormerSecret[];
}

const formerSecretHours = 24;

/** The secrets with which registries authenticate their notifications. */
@Injectable()
export class HookSecretsService {
  private readonly credentials: InvalidatingCache<RegistryCredentials>;

  constructor(
    private readonly database: Database,
    private readonly audit: AuditService,
    @InjectRepository(RegistryEntity) private readonly registries: Repository<RegistryEntity>,
    changes: ChangeListener,
  ) {
    this.credentials = new InvalidatingCache(changes, { lifetimeMs: 60_000, capacity: 1_000 });
  }

  /**
   * The registry of that name, if the `Authorization` header carries its secret, or a former one that is still accepted;
   * ends those that were replaced before the one that it carries. Throws NOTIFICATION_UNAUTHORIZED otherwise, whether the
   * registry exists or not.
   */
  async authenticate(name: string, authorization: string | undefined): Promise<Registry> {
    const known = await this.credentialsOf(name);
    const received = hookSecretHash(readHookSecret(authorization, known?.registry.kind));
    const isCurrent = timingSafeEqual(received, known?.hash ?? hookSecretHash('no registry has this secret'));
    if (known === undefined) throw notificationUnauthorized();
    const former = known.former.filter(({ expiresAt }) => expiresAt.getTime() > Date.now());
    const used = former.findIndex(({ hash }) => timingSafeEqual(received, hash));
    if (!isCurrent && used < 0) throw notificationUnauthorized();
    const isOlderKept = isCurrent ? known.former.length > 0 : used > 0;
    if (isOlderKept) {
      await this.database.execute(deleteOlderSecrets, [known.registry.id, isCurrent ? null : received]);
    }
    return known.registry;
  }

  /**
   * Gives a registry a new secret, which cannot be shown again. The former one is accepted until the first event with the
   * new one, for 24 hours at most. Throws NOT_FOUND.
   */
  async renew(registry: Registry, actor: Actor): Promise<string> {
    const secret = createHookSecret();
    await this.database.transaction(async (manager) => {
      const row = await manager.findOne(RegistryEntity, {
        where: { id: registry.id },
        lock: { mode: 'pessimistic_write' },
      });
      if (row === null) throw notFound('registry', registry.name);
      await this.database.execute(keepFormerSecret, [registry.id, formerSecretHours], manager);
      await manager.update(RegistryEntity, { id: registry.id }, { hookSecretHash: hookSecretHash(secret) });
      await this.audit.record(manager, {
        action: 'registry.secret-renewed',
        actor,
        subjectType: 'registry',
        subject: registry.name,
      });
    });
    return secret;
  }

  /** Deletes the former secrets that are no longer accepted, and returns how many. */
  purgeExpired(): Promise<number> {
    return this.database.execute(deleteExpiredSecrets);
  }

  private async credentialsOf(name: string): Promise<RegistryCredentials | undefined> {
    const cached = this.credentials.get(name);
    if (cached !== undefined) return cached;
    const commit = this.credentials.beginFill();
    const row = await this.registries.findOneBy({ name });
    if (row === null) return undefined;
    const former = await this.database.query(selectFormerSecrets, [row.id]);
    const credentials = { registry: toRegistry(row), hash: row.hookSecretHash, former };
    commit(name, credentials, [`registry:${row.id}`]);
    return credentials;
  }
}
