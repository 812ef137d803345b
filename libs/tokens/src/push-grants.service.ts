import { CreationRateLimits, type Account, type Identity } from '@central-index/accounts';
import { CONFIG, type Config } from '@central-index/platform/config';
import { Database } from '@central-index/platform/database';
import { DomainError, durationText, unavailable } from '@central-index/platform/errors';
import { RegistriesService, type Registry } from '@central-index/registries';
import {
  PlacementsService,
  RepositoryFactsService,
  type RepositoryFactsRow,
} from '@central-index/repositories';
import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { pushReference } from './push-reference';
import { evaluate, type EvaluatedScope, type PushScope } from './evaluated-scope';
import type { RequestedAccess } from './scope';
import { evaluateScope } from './scope-evaluation';
import { pushRefused } from './tokens.errors';

/** A signed-in caller that pushes, and where to. */
export interface Pusher {
  readonly identity: Identity;
  readonly account: Account;
  readonly registry: Registry;
  /** Lifetime of the token in seconds. */
  readonly ttl: number;
}

// The placement of a name changes between two statements at most once or twice, however many clients push it.
const maxAttempts = 3;

/** Grants pushes: places names that are pushed for the first time, and records who is granted a push. */
@Injectable()
export class PushGrantsService {
  constructor(
    private readonly database: Database,
    private readonly registries: RegistriesService,
    private readonly facts: RepositoryFactsService,
    private readonly placements: PlacementsService,
    private readonly creationLimits: CreationRateLimits,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Throws PUSH_REFUSED with a message that says where to push, if the caller may push the name, but not like this. */
  async throwIfRefused({ requested: { name }, evaluation: { refusal } }: EvaluatedScope): Promise<void> {
    switch (refusal?.reason) {
      case undefined:
        return;
      case 'trusted-build':
        throw pushRefused(`${name} is a trusted build: only its builds push to it`);
      case 'wrong-path':
        throw pushRefused(`${name} is pushed as ${refusal.path} on this registry`);
      case 'wrong-registry': {
        const registry = await this.registries.findById(refusal.registryId);
        const place = pushReference(registry, name, this.config.server.publicUrl);
        const { heldSeconds } = refusal;
        const orHere =
          heldSeconds === undefined
            ? ''
            : `, or here in ${durationText(heldSeconds)} unless it arrives there before`;
        throw pushRefused(`${name} is placed on another registry: push it to ${place}${orHere}`);
      }
    }
  }

  /**
   * Places the names that are pushed for the first time, and records who is granted a push. A push to a placed repository
   * whose grant of this day is recorded writes nothing. Returns the scopes as they are granted then.
   */
  async grantPushes(
    pusher: Pusher,
    pushes: readonly PushScope[],
  ): Promise<Map<RequestedAccess, EvaluatedScope>> {
    const writes = pushes.filter((scope) => needsWrite(scope, pusher.ttl));
    if (writes.length === 0 || (await this.recordAll(pusher, writes))) return new Map();
    // Outside the transaction: the counter uses a connection of its own.
    const created = writes.filter(({ facts, evaluation }) => evaluation.needsPlacement && !facts.repository);
    for (const [n] of created.entries()) await this.countCreation(pusher.account, n);
    try {
      return await this.write(pusher, writes);
    } catch (error) {
      // Nothing was created: everything that the transaction did is undone.
      for (const _ of created) await this.creationLimits.refund('repository', pusher.account.id);
      throw error;
    }
  }

  private write(pusher: Pusher, writes: readonly PushScope[]): Promise<Map<RequestedAccess, EvaluatedScope>> {
    // Always in the order of paths, so that two requests for the same names do not deadlock.
    const sorted = [...writes].sort((a, b) => (a.facts.name.path < b.facts.name.path ? -1 : 1));
    return this.database.transaction(async (manager) => {
      const granted = new Map<RequestedAccess, EvaluatedScope>();
      for (const scope of sorted) granted.set(scope.requested, await this.grantPush(manager, pusher, scope));
      return granted;
    });
  }

  /** Records the grants of placed repositories, without a transaction; false if a scope needs one. */
  private async recordAll(pusher: Pusher, writes: readonly PushScope[]): Promise<boolean> {
    if (writes.some(({ evaluation }) => evaluation.needsPlacement)) return false;
    for (const { facts } of writes) if (!(await this.record(pusher, facts))) return false;
    return true;
  }

  private record(pusher: Pusher, { id }: RepositoryFactsRow, manager?: EntityManager): Promise<boolean> {
    const { account, registry, ttl } = pusher;
    const grant = { repositoryId: id!, registryId: registry.id, accountId: account.id, ttl };
    return this.placements.recordPushGrant(grant, manager);
  }

  /** Grants one push by the row as it is when its grant is recorded: a concurrent push or a deletion may have come first. */
  private async grantPush(manager: EntityManager, pusher: Pusher, scope: PushScope): Promise<EvaluatedScope> {
    const { identity, account, registry } = pusher;
    let placed: EvaluatedScope = scope;
    for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
      if (placed.evaluation.needsPlacement) placed = await this.claim(manager, pusher, scope);
      if (!placed.evaluation.actions.includes('push') || placed.facts === undefined) return placed;
      if (await this.record(pusher, placed.facts, manager)) return placed;
      const facts = await this.facts.find([scope.facts.name.path], account.id, manager);
      placed = evaluate(scope.requested, identity, facts, registry);
      await this.throwIfRefused(placed);
    }
    throw unavailable();
  }

  /** Places a name and evaluates its scope again by the row as it is then. */
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
  private async countCreation(account: Account, countedBefore: number): Promise<void> {
    try {
      await this.creationLimits.consume('repository', account.id);
    } catch (error) {
      for (let n = 0; n < countedBefore; n += 1) await this.creationLimits.refund('repository', account.id);
      if (!(error instanceof DomainError) || error.status !== 429) throw error;
      throw pushRefused(error.message).limitedBy(error.rateLimits);
    }
  }
}

/**
 * True if the name must be placed for the push, or its grant be written: the account has none of this day, or one that ends
 * before the token where that matters. `ttl` is the lifetime of the token in seconds.
 */
export function needsWrite(
  { facts: { pushGrant, heldSeconds }, evaluation }: PushScope,
  ttl: number,
): boolean {
  if (evaluation.needsPlacement || pushGrant === undefined || !pushGrant.isRecent) return true;
  return heldSeconds !== undefined && pushGrant.seconds < ttl;
}
