import type { Identity, SignedIn } from '@central-index/accounts';
import { CONFIG, type Config } from '@central-index/platform/config';
import { Database } from '@central-index/platform/database';
import { DomainError } from '@central-index/platform/errors';
import { LOGGER, type Logger } from '@central-index/platform/logging';
import { indexService, RegistriesService, type Registry } from '@central-index/registries';
import { RepositoriesService, type RepositoryFactsRow } from '@central-index/repositories';
import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import {
  evaluateCatalogScope,
  evaluateRepositoryScope,
  requestedPath,
  type PushRefusal,
  type ScopeEvaluation,
} from './scope-evaluation';
import type { Grant, GrantedAccess } from './grant';
import { parseScopes, type RequestedAccess } from './scope';
import { pushRefused, unknownService } from './tokens.errors';

/** What a client asks a token for. */
export interface TokenRequest {
  readonly identity: Identity;
  readonly service: string;
  /** The values of all `scope` parameters. */
  readonly scopes: readonly string[];
}

interface EvaluatedScope {
  readonly asked: RequestedAccess;
  readonly facts: RepositoryFactsRow;
  readonly answer: ScopeEvaluation;
}

/** Decides what a token may open. */
@Injectable()
export class GrantsService {
  constructor(
    private readonly database: Database,
    private readonly registries: RegistriesService,
    private readonly repositories: RepositoriesService,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * The part of what is asked that is allowed. Less than asked is no error, with one exception: who owns a name and
   * asks to push it where or how it cannot be pushed gets PUSH_REFUSED, which says where it can. A first push places
   * the repository. Throws UNKNOWN_SERVICE and INVALID_SCOPE.
   */
  async grant(request: TokenRequest): Promise<Grant> {
    const { identity, service } = request;
    const own = service === indexService;
    const registry = own ? undefined : await this.registries.findByService(service);
    if (registry === undefined && !own) throw unknownService();
    const asked = parseScopes(request.scopes);
    const repositories =
      registry === undefined
        ? new Map<RequestedAccess, GrantedAccess>()
        : await this.grantScope(identity, registry, asked);
    const access = asked.flatMap((one) => repositories.get(one) ?? catalogAccess(one, identity, registry));
    const subject = identity.kind === 'account' ? identity.account.name : '';
    this.logger.debug({ account: subject, service, asked, granted: access }, 'token granted');
    return {
      registry,
      audience: service,
      subject,
      access,
      ttl: registry?.tokenTtl ?? this.config.tokens.ttl,
      restrictions: identity.kind === 'account' ? identity.restrictions : undefined,
    };
  }

  private async grantScope(
    identity: Identity,
    registry: Registry,
    asked: readonly RequestedAccess[],
  ): Promise<Map<RequestedAccess, GrantedAccess>> {
    const paths = [...new Set(asked.flatMap((one) => requestedPath(one) ?? []))];
    if (paths.length === 0) return new Map();
    // What is only read may be decided from memory; what is written is decided by the rows as they are now.
    const reads = asked.every(({ actions }) => actions.every((action) => action === 'pull'));
    const known = await (reads ? this.repositories.cachedFacts(paths) : this.repositories.facts(paths));
    const answered = asked.flatMap((one): EvaluatedScope[] => {
      const facts = known.get(requestedPath(one) ?? '');
      return facts === undefined
        ? []
        : [{ asked: one, facts, answer: evaluateRepositoryScope(one, identity, facts, registry.id) }];
    });
    for (const { asked: one, answer } of answered) {
      if (answer.refusal !== undefined) throw await this.refused(one, answer.refusal);
    }
    for (const { facts, answer } of answered) {
      if (answer.needsPlacement && facts.repository === undefined) await this.countCreation(identity);
    }
    const pushes = answered.some(({ answer }) => answer.needsPlacement || answer.actions.includes('push'));
    const opened =
      pushes && identity.kind === 'account'
        ? await this.database.transaction((manager) => this.push(manager, identity, registry, answered))
        : answered;
    return new Map(
      opened
        .filter(({ answer }) => answer.actions.length > 0)
        .map(({ asked: one, answer }) => [one, { type: one.type, name: one.name, actions: answer.actions }]),
    );
  }

  /** Places what is pushed for the first time, and notes who was granted a push: events name a pusher by it. */
  private async push(
    manager: EntityManager,
    pusher: SignedIn,
    registry: Registry,
    answered: readonly EvaluatedScope[],
  ): Promise<EvaluatedScope[]> {
    const done: EvaluatedScope[] = [];
    // In one order for everybody, so that two pushes of the same names cannot wait for each other.
    for (const one of [...answered].sort((a, b) => (a.facts.name.path < b.facts.name.path ? -1 : 1))) {
      const placed = one.answer.needsPlacement ? await this.place(manager, pusher, registry, one) : one;
      if (placed.answer.actions.includes('push') && placed.facts.id !== undefined) {
        await this.repositories.recordPushGrant(manager, placed.facts.id, pusher.account.id);
      }
      done.push(placed);
    }
    return done;
  }

  // Of all answers docker prints the text of this one; an owner at a limit should read why his push stops.
  private async countCreation(identity: Identity): Promise<void> {
    try {
      await this.repositories.consumeCreationLimit(identity);
    } catch (error) {
      if (!(error instanceof DomainError) || error.status !== 429) throw error;
      throw pushRefused(error.message).retryAfter(error.retryAfterSeconds ?? 1);
    }
  }

  private async place(
    manager: EntityManager,
    pusher: SignedIn,
    registry: Registry,
    { asked, facts: { name } }: EvaluatedScope,
  ): Promise<EvaluatedScope> {
    const facts = await this.repositories.claimPlacement(manager, {
      name,
      registryId: registry.id,
      registryPath: asked.name,
      accountId: pusher.account.id,
    });
    // Another push may have placed it elsewhere meanwhile: the row as it now is decides.
    const answer = evaluateRepositoryScope(asked, pusher, facts, registry.id);
    if (answer.refusal !== undefined) throw await this.refused(asked, answer.refusal);
    return { asked, facts, answer };
  }

  private async refused(asked: RequestedAccess, refusal: PushRefusal): Promise<Error> {
    switch (refusal.why) {
      case 'trusted-build':
        return pushRefused(`${asked.name} is a trusted build: only its builds push to it`);
      case 'wrong-path':
        return pushRefused(`${asked.name} is pushed as ${refusal.path} on this registry`);
      case 'wrong-registry': {
        const registry = await this.registries.findById(refusal.registryId);
        return pushRefused(
          `${asked.name} lives on another registry: push it to ${registry?.host}/${asked.name}`,
        );
      }
    }
  }
}

function catalogAccess(
  asked: RequestedAccess,
  identity: Identity,
  registry: Registry | undefined,
): GrantedAccess[] {
  if (asked.type === 'registry') {
    const actions = evaluateCatalogScope(asked, identity);
    return actions.length > 0 ? [{ type: asked.type, name: asked.name, actions }] : [];
  }
  // zot calls its catalog a repository without a name, and asks to pull it.
  if (registry?.kind === 'zot' && asked.type === 'repository' && asked.name === '') {
    const lists =
      evaluateCatalogScope({ type: 'registry', name: 'catalog', actions: ['*'] }, identity).length > 0;
    return lists && asked.actions.includes('pull')
      ? [{ type: asked.type, name: asked.name, actions: ['pull'] }]
      : [];
  }
  return [];
}
