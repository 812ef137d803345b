import {
  AccessTokensService,
  accountOf,
  AccountsService,
  anonymous,
  restrictionsOf,
  toAccountName,
  type Identity,
} from '@central-index/accounts';
import { CONFIG, type Config } from '@central-index/platform/config';
import { DomainError, durationText, notFound } from '@central-index/platform/errors';
import { indexService, RegistriesService, type Registry } from '@central-index/registries';
import { RepositoryFactsService, type RepositoryFactsRow } from '@central-index/repositories';
import { Inject, Injectable } from '@nestjs/common';
import {
  explainCatalog,
  explainRepository,
  type ScopeExplanation,
  type Step,
  type TokenExplanation,
} from './explanation';
import type { TokenRequest } from './grants.service';
import { PushSuggestions } from './push-suggestions';
import { parseScopes, type RequestedAccess } from './scope';
import { evaluateScope, requestedPath, requestedPaths } from './scope-evaluation';
import { unknownService } from './tokens.errors';
import { describeV1Service, explainV1Scope, v1ServiceRefusal } from './v1-explanation';
import { v1TokenTtl } from './v1-token';

/** A token request of an account, as an administrator describes it. */
export interface ExplanationRequest {
  /** Name of the account; undefined for an anonymous caller. */
  readonly account?: string;
  /** The id of one of the account's access tokens; undefined for its password. */
  readonly accessToken?: string;
  readonly service: string;
  readonly scopes: readonly string[];
}

// More than an account uses in practice.
const maxAccessTokens = 1_000;

/** Explains what a token request would be granted. Reads what a grant reads, and changes nothing. */
@Injectable()
export class TokenExplainer {
  constructor(
    private readonly accounts: AccountsService,
    private readonly accessTokens: AccessTokensService,
    private readonly registries: RegistriesService,
    private readonly facts: RepositoryFactsService,
    private readonly suggestions: PushSuggestions,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Explains what an account, or an anonymous caller, would get. Throws NOT_FOUND for the account or access token. */
  async explainFor(request: ExplanationRequest): Promise<TokenExplanation> {
    const { account, accessToken, service, scopes } = request;
    return this.explain({ identity: await this.identify(account, accessToken), service, scopes });
  }

  /** Explains a request, whether it is granted or not. */
  async explain({ identity, service, scopes }: TokenRequest): Promise<TokenExplanation> {
    const registry = await this.registries.findByService(service);
    const caller = { component: 'accounts', message: describeCaller(identity) };
    if (registry === undefined && service !== indexService)
      return refusal([caller], unknownService().message);
    const steps = [caller, { component: 'registries', message: this.describeService(service, registry) }];
    if (accountOf(identity)?.disabled) {
      return refusal(steps, 'its credentials are rejected as if they were wrong');
    }
    let requested: RequestedAccess[];
    try {
      requested = parseScopes(scopes);
    } catch (error) {
      if (error instanceof DomainError) return refusal(steps, error.message);
      throw error;
    }
    const paths = requestedPaths(requested);
    const facts = registry !== undefined && paths.length > 0 ? await this.facts.find(paths) : undefined;
    const factsOf = (scope: RequestedAccess): RepositoryFactsRow | undefined =>
      facts?.get(requestedPath(scope) ?? '');
    const explained = await Promise.all(
      requested.map((scope) => this.explainScope(scope, identity, registry, factsOf(scope))),
    );
    if (registry?.kind === 'v1') return { steps, scopes: explained, refused: v1ServiceRefusal, granted: [] };
    const isRefused = requested.some(
      (scope) => evaluateScope(scope, identity, factsOf(scope), registry).refusal !== undefined,
    );
    const refused = isRefused
      ? 'the account may push to the name, but not to this registry or not in this way: 403, which says how'
      : registry && (await this.suggestions.describe({ identity, registry, requested, facts }));
    return {
      steps,
      scopes: explained,
      refused,
      granted: refused === undefined ? explained.flatMap(grantedBy) : [],
    };
  }

  private async explainScope(
    requested: RequestedAccess,
    identity: Identity,
    registry: Registry | undefined,
    facts: RepositoryFactsRow | undefined,
  ): Promise<ScopeExplanation> {
    const { type, name, actions } = requested;
    const parsed = `parsed as ${type} "${name}", actions ${actions.join(', ') || 'none'}`;
    const steps = [{ component: 'tokens', message: parsed }];
    if (facts !== undefined) {
      steps.push({ component: 'repositories', message: await this.describeFacts(facts) });
    }
    if (registry?.kind === 'v1') {
      const target = facts && (await this.targetOfV1(facts));
      return { requested, steps, verdicts: explainV1Scope(requested, identity, facts, { registry, target }) };
    }
    if (type !== 'repository' || registry === undefined || name === '') {
      return { requested, steps, verdicts: explainCatalog(requested, identity, registry) };
    }
    return { requested, steps, verdicts: explainRepository(requested, identity, facts, registry.id) };
  }

  /** The registry to which a client of the v1 protocol pushes a name that is not placed yet. */
  private async targetOfV1({ ruledRegistryId }: RepositoryFactsRow): Promise<string | undefined> {
    if (ruledRegistryId !== undefined && ruledRegistryId !== null)
      return (await this.registries.findById(ruledRegistryId))?.name;
    const classic = (await this.registries.list()).filter(({ kind }) => kind === 'v1');
    return classic.sort((a, b) => Number(a.id) - Number(b.id))[0]?.name;
  }

  private describeService(service: string, registry: Registry | undefined): string {
    if (registry?.kind === 'v1')
      return describeV1Service(registry, v1TokenTtl(registry, this.config.tokens.ttl));
    const ttl = registry?.tokenTtl ?? this.config.tokens.ttl;
    const target =
      registry === undefined ? 'the index itself' : `the registry ${registry.name} (${registry.kind})`;
    return `${service} is ${target}, its tokens are valid for ${ttl} s`;
  }

  private async describeFacts(facts: RepositoryFactsRow): Promise<string> {
    const { name, namespace, repository, registryId, registryPath } = facts;
    if (repository === undefined) {
      return `${name.path} does not exist${namespace === undefined ? ', nor does its namespace' : ''}`;
    }
    const registry = registryId === null ? undefined : await this.registries.findById(registryId);
    const placement =
      registry === undefined ? 'on no registry yet' : `on the registry ${registry.name} as ${registryPath}`;
    const built = repository.automated ? ', a trusted build' : '';
    return `${name.path} is ${repository.state}, ${repository.visibility}${built}, ${placement}${heldText(facts)}`;
  }

  private async identify(name: string | undefined, accessToken: string | undefined): Promise<Identity> {
    if (name === undefined) return anonymous;
    const account = await this.accounts.find(toAccountName(name));
    if (account === undefined) throw notFound('account', name);
    if (accessToken === undefined) return { kind: 'account', account, via: 'password' };
    const tokens = await this.accessTokens.list(account, { limit: maxAccessTokens });
    const token = tokens.find(({ id }) => id === accessToken);
    if (token === undefined) throw notFound('access token', accessToken);
    const { id: tokenId, permissions, repositories } = token;
    return { kind: 'account', account, via: 'token', restrictions: { tokenId, permissions, repositories } };
  }
}

function grantedBy({ requested: { type, name }, verdicts }: ScopeExplanation): string[] {
  const granted = verdicts.filter((one) => one.granted).map(({ action }) => action);
  return granted.length > 0 ? [`${type}:${name}:${granted.join(',')}`] : [];
}

function heldText({ heldSeconds }: RepositoryFactsRow): string {
  if (heldSeconds === undefined) return '';
  return heldSeconds > 0
    ? `, without images; for ${durationText(heldSeconds)} no push places it elsewhere`
    : ', without images; a push may place it elsewhere';
}

function refusal(steps: readonly Step[], refused: string): TokenExplanation {
  return { steps, scopes: [], refused, granted: [] };
}

function describeCaller(identity: Identity): string {
  const account = accountOf(identity);
  if (account === undefined) return 'the caller is not signed in';
  const restrictions = restrictionsOf(identity);
  const role = account.administrator ? ', an administrator' : '';
  const state = account.disabled ? ', disabled' : '';
  const limits = restrictions
    ? `, limited by access token ${restrictions.tokenId} to ${restrictions.permissions.join(', ')} on ${restrictions.repositories.join(', ')}`
    : '';
  return `account ${account.name}${role}${state}${limits}`;
}
