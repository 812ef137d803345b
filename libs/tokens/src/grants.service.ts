import {
  accountOf,
  restrictionsOf,
  type Account,
  type Identity,
  type SignedIn,
} from '@central-index/accounts';
import { CONFIG, type Config } from '@central-index/platform/config';
import { LOGGER, type Logger } from '@central-index/platform/logging';
import { indexService, RegistriesService, type Registry } from '@central-index/registries';
import { RepositoryFactsService, type FactsByPath } from '@central-index/repositories';
import { Inject, Injectable } from '@nestjs/common';
import { evaluate, isPush } from './evaluated-scope';
import type { Grant } from './grant';
import { basisOf, isBasis, type GrantBasis } from './grant-basis';
import { PushGrantsService } from './push-grants.service';
import { PushSuggestions } from './push-suggestions';
import { parseScopes, type RequestedAccess } from './scope';
import { requestedPaths } from './scope-evaluation';
import { pushRefused, unknownService } from './tokens.errors';

/** What a client requests a token for. */
export interface TokenRequest {
  readonly identity: Identity;
  readonly service: string;
  /** The values of all `scope` parameters. */
  readonly scopes: readonly string[];
}

/** Decides what a token grants access to. */
@Injectable()
export class GrantsService {
  constructor(
    private readonly registries: RegistriesService,
    private readonly facts: RepositoryFactsService,
    private readonly pushes: PushGrantsService,
    private readonly suggestions: PushSuggestions,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Grants the part of a request that is allowed. To grant less than requested is no error, with one exception: a push
   * that the caller is allowed, but not to this registry or under this path or name, throws PUSH_REFUSED, whose message
   * says where to push. A first push places the repository. Throws UNKNOWN_SERVICE and INVALID_SCOPE.
   */
  async grant({ identity, service, scopes }: TokenRequest): Promise<Grant> {
    return this.grantAt(await this.findRegistry(service), { identity, service, scopes });
  }

  /** The same for a registry that is known; undefined for the index itself. `ttl` is in seconds, the registry's if absent. */
  async grantAt(
    registry: Registry | undefined,
    { identity, service, scopes }: TokenRequest,
    ttl = registry?.tokenTtl ?? this.config.tokens.ttl,
  ): Promise<Grant> {
    const requested = parseScopes(scopes);
    const account = accountOf(identity);
    const facts = registry === undefined ? undefined : await this.readFacts(requested, identity);
    let evaluated = requested.map((scope) => evaluate(scope, identity, facts, registry));
    for (const scope of evaluated) await this.pushes.throwIfRefused(scope);
    if (registry !== undefined) {
      const suggestion = await this.suggestions.describe({ identity, registry, requested, facts });
      if (suggestion !== undefined) throw pushRefused(suggestion);
    }
    const pushes = evaluated.filter(isPush);
    const basis =
      facts === undefined || isRead(requested, account) ? undefined : basisOf(facts, evaluated, ttl);
    if (pushes.length > 0 && account !== undefined && registry !== undefined) {
      const granted = await this.pushes.grantPushes({ identity, account, registry, ttl }, pushes);
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
      ttl,
      restrictions: restrictionsOf(identity),
      ...(basis !== undefined && { basis }),
    };
  }

  /** True if the rows that a grant was decided by are still the same: then the same request is granted the same. */
  async isStillGranted({ account }: SignedIn, basis: GrantBasis): Promise<boolean> {
    return isBasis(basis, await this.facts.find(basis.paths, account.id));
  }

  /** The registry of that service; undefined for the index itself. */
  private async findRegistry(service: string): Promise<Registry | undefined> {
    if (service === indexService) return undefined;
    const registry = await this.registries.findByService(service);
    // A registry of the v1 protocol takes no token of this kind: its clients get theirs under /v1.
    if (registry === undefined || registry.kind === 'v1') throw unknownService();
    return registry;
  }

  private async readFacts(
    requested: readonly RequestedAccess[],
    identity: Identity,
  ): Promise<FactsByPath | undefined> {
    const paths = requestedPaths(requested);
    if (paths.length === 0) return undefined;
    const account = accountOf(identity);
    return isRead(requested, account)
      ? this.facts.findCached(paths, identity)
      : this.facts.find(paths, account!.id);
  }
}

// Cached facts decide about reads only. Writes are decided by the rows as they are now; anonymous callers have none.
function isRead(requested: readonly RequestedAccess[], account: Account | undefined): boolean {
  return (
    account === undefined || requested.every(({ actions }) => actions.every((action) => action === 'pull'))
  );
}
