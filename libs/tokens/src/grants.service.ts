import {
  accountOf,
  CreationRateLimits,
  restrictionsOf,
  type Account,
  type Identity,
} from '@central-index/accounts';
import { CONFIG, type Config } from '@central-index/platform/config';
import { Database } from '@central-index/platform/database';
import { DomainError } from '@central-index/platform/errors';
import { LOGGER, type Logger } from '@central-index/platform/logging';
import { indexService, RegistriesService, type Registry } from '@central-index/registries';
import {
  PlacementsService,
  RepositoryFactsService,
  type FactsByPath,
  type RepositoryFactsRow,
} from '@central-index/repositories';
import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Grant } from './grant';
import { parseScopes, type RequestedAccess } from './scope';
import { evaluateScope, requestedPath, requestedPaths, type ScopeEvaluation } from './scope-evaluation';
import { pushRefused, unknownService } from './tokens.errors';

/** What a client requests a token for. */
export interface TokenRequest {
  readonly identity: Identity;
  readonly service: string;
  /** The values of all `scope` parameters. */
  readonly scopes: readonly string[];
}

interface EvaluatedScope {
  readonly requested: RequestedAccess;
  /** Undefined for a catalog, and for a name that no repository can have. */
  readonly facts: RepositoryFactsRow | undefined;
  readonly evaluation: ScopeEvaluation;
}

/** A scope that grants a push, or will once its name is placed. */
interface PushScope extends EvaluatedScope {
  readonly facts: RepositoryFactsRow;
}

interface Pusher {
  readonly identity: Identity;
  readonly account: Account;
  readonly registry: Registry;
}

/** Decides what a token grants access to. */
@Injectable()
export class GrantsService {
  constructor(
    private readonly database: Database,
    private readonly registries: RegistriesService,
    private readonly facts: RepositoryFactsService,
    private readonly placements: PlacementsService,
    private readonly creationLimits: CreationRateLimits,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Grants the part of a request that is allowed. To grant less than requested is no error, with one exception: a push
   * that the caller is allowed, but not to this registry or under this path, throws PUSH_REFUSED, whose message says where
   * to push. A first push places the repository. Throws UNKNOWN_SERVICE and INVALID_SCOPE.
   */
  async grant({ identity, service, scopes }: TokenRequest): Promise<Grant> {
    const registry = await this.findRegistry(service);
    const requested = parseScopes(scopes);
    const facts = registry === undefined ? undefined : await this.readFacts(requested);
    let evaluated = requested.map((scope) => evaluate(scope, identity, facts, registry));
    for (const scope of evaluated) await this.throwIfRefused(scope);
    const pushes = evaluated.filter(isPush);
    const account = accountOf(identity);
    if (pushes.length > 0 && account !== undefined && registry !== undefined) {
      const granted = await this.grantPushes({ identity, account, registry }, pushes);
      evaluated = evaluated.map((scope) => granted.get(scope.requested) ?? scope);
    }
    const access = evaluated
      .filter(({ evaluation }) => evaluation.actions.length > 0)
      .map(({ requested: { type, name }, evaluation: { actions } }) => ({ type, name, actions }));
    const subject = account?.name ?? '';
    this.logger.debug({ account: subject, service, requested, granted: access }, 'token granted');
    return {
      registry,
      audience: service,
      subject,
      access,
      ttl: registry?.tokenTtl ?? this.config.tokens.ttl,
      restrictions: restrictionsOf(identity),
    };
  }

  /** The registry of that service; undefined for the index itself. */
  private async findRegistry(service: string): Promise<Registry | undefined> {
    if (service === indexService) return undefined;
    const registry = await this.registries.findByService(service);
    if (registry === undefined) throw unknownService();
    return registry;
  }

  private async readFacts(requested: readonly RequestedAccess[]): Promise<FactsByPath | undefined> {
    const paths = requestedPaths(requested);
    if (paths.length === 0) return undefined;
    // Cached facts decide about reads only. Writes are decided by the rows as they are now.
    const isRead = requested.every(({ actions }) => actions.every((action) => action === 'pull'));
    return isRead ? this.facts.findCached(paths) : this.facts.find(paths);
  }

  /**
   * Places the names that are pushed for the first time, and records who was granted a push: the actor of an event is
   * trusted only after that. Returns the scopes as they are granted then.
   */
  private async grantPushes(
    pusher: Pusher,
    pushes: readonly PushScope[],
  ): Promise<Map<RequestedAccess, EvaluatedScope>> {
    // Outside the transaction: the counter uses a connection of its own.
    for (const { facts, evaluation } of pushes) {
      if (evaluation.needsPlacement && facts.repository === undefined)
        await this.countCreation(pusher.account);
    }
    // Always in the order of paths, so that two requests for the same names do not deadlock.
    const sorted = [...pushes].sort((a, b) => (a.facts.name.path < b.facts.name.path ? -1 : 1));
    return this.database.transaction(async (manager) => {
      const granted = new Map<RequestedAccess, EvaluatedScope>();
      for (const scope of sorted) {
        const placed = scope.evaluation.needsPlacement ? await this.claim(manager, pusher, scope) : scope;
        if (placed.evaluation.actions.includes('push') && placed.facts.id !== undefined) {
          await this.placements.recordPushGrant(manager, placed.facts.id, pusher.account.id);
        }
        granted.set(scope.requested, placed);
      }
      return granted;
    });
  }

  /** Places a name and evaluates its scope again by the row as it is then: a concurrent push may have come first. */
  private async claim(
    manager: EntityManager,
    { identity, account, registry }: Pusher,
    { requested, facts: { name } }: PushScope,
  ): Promise<PushScope> {
    const facts = await this.placements.claim(manager, {
      name,
      registryId: registry.id,
      registryPath: requested.name,
      accountId: account.id,
    });
    const placed = { requested, facts, evaluation: evaluateScope(requested, identity, facts, registry) };
    await this.throwIfRefused(placed);
    return placed;
  }

  // As PUSH_REFUSED, whose message docker prints: an owner at the limit can then read why the push fails.
  private async countCreation(account: Account): Promise<void> {
    try {
      await this.creationLimits.consume('repository', account.id);
    } catch (error) {
      if (!(error instanceof DomainError) || error.status !== 429) throw error;
      throw pushRefused(error.message).retryAfter(error.retryAfterSeconds ?? 1);
    }
  }

  private async throwIfRefused({
    requested: { name },
    evaluation: { refusal },
  }: EvaluatedScope): Promise<void> {
    switch (refusal?.reason) {
      case undefined:
        return;
      case 'trusted-build':
        throw pushRefused(`${name} is a trusted build: only its builds push to it`);
      case 'wrong-path':
        throw pushRefused(`${name} is pushed as ${refusal.path} on this registry`);
      case 'wrong-registry': {
        const registry = await this.registries.findById(refusal.registryId);
        throw pushRefused(`${name} is placed on another registry: push it to ${registry?.host}/${name}`);
      }
    }
  }
}

function evaluate(
  requested: RequestedAccess,
  identity: Identity,
  factsByPath: FactsByPath | undefined,
  registry: Registry | undefined,
): EvaluatedScope {
  const facts = factsByPath?.get(requestedPath(requested) ?? '');
  return { requested, facts, evaluation: evaluateScope(requested, identity, facts, registry) };
}

function isPush(scope: EvaluatedScope): scope is PushScope {
  const { needsPlacement, actions } = scope.evaluation;
  return scope.facts !== undefined && (needsPlacement || actions.includes('push'));
}
