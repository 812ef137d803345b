import { AccessTokensService, AccountsService, anonymous, type Identity } from '@central-index/accounts';
import { CONFIG, type Config } from '@central-index/platform/config';
import { DomainError, notFound } from '@central-index/platform/errors';
import { indexService, RegistriesService, type Registry } from '@central-index/registries';
import { RepositoriesService, type RepositoryFactsRow } from '@central-index/repositories';
import { Inject, Injectable } from '@nestjs/common';
import { evaluateCatalogScope, evaluateRepositoryScope, requestedPath } from './scope-evaluation';
import {
  explainRepository,
  type ActionVerdict,
  type TokenExplanation,
  type ScopeExplanation,
} from './explanation';
import type { TokenRequest } from './grants.service';
import { parseScopes, type RequestedAccess } from './scope';
import { unknownService } from './tokens.errors';

/** A question of an administrator. */
export interface TokenQuestion {
  /** Undefined for nobody in particular. */
  readonly account?: string;
  /** The id of one of the account's access tokens; undefined for its password. */
  readonly accessToken?: string;
  readonly service: string;
  readonly scopes: readonly string[];
}

// Nobody has more access tokens that are worth looking through.
const maxTokens = 1_000;

/** Tells why a token opens what it opens. It reads what a grant reads and changes nothing. */
@Injectable()
export class TokenExplainer {
  constructor(
    private readonly accounts: AccountsService,
    private readonly accessTokens: AccessTokensService,
    private readonly registries: RegistriesService,
    private readonly repositories: RepositoriesService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Explains what an account, or nobody, would get; NOT_FOUND for an absent account or access token. */
  async ask({ account, accessToken, service, scopes }: TokenQuestion): Promise<TokenExplanation> {
    return this.explain({ identity: await this.identity(account, accessToken), service, scopes });
  }

  /** Explains a request, which need not have been granted. */
  async explain({ identity, service, scopes }: TokenRequest): Promise<TokenExplanation> {
    const who = { component: 'accounts', message: describe(identity) };
    const registry = await this.registries.findByService(service);
    if (registry === undefined && service !== indexService) return refused([who], unknownService());
    const ttl = registry?.tokenTtl ?? this.config.tokens.ttl;
    const what =
      registry === undefined ? 'the index itself' : `the registry ${registry.name} (${registry.kind})`;
    const where = { component: 'registries', message: `${service} is ${what}, its tokens live ${ttl} s` };
    if (identity.kind === 'account' && identity.account.disabled) {
      return { ...refused([who, where]), refused: 'its credentials are refused as if they were wrong' };
    }
    let asked: RequestedAccess[];
    try {
      asked = parseScopes(scopes);
    } catch (error) {
      if (error instanceof DomainError) return refused([who, where], error);
      throw error;
    }
    const paths = [...new Set(asked.flatMap((one) => requestedPath(one) ?? []))];
    const known =
      registry !== undefined && paths.length > 0 ? await this.repositories.facts(paths) : undefined;
    const explained = await Promise.all(
      asked.map((one) => this.explainScope(one, identity, registry, known?.get(requestedPath(one) ?? ''))),
    );
    const aloud = asked.some((one) => {
      const facts = known?.get(requestedPath(one) ?? '');
      return registry && evaluateRepositoryScope(one, identity, facts, registry.id).refusal !== undefined;
    });
    return {
      steps: [who, where],
      scopes: explained,
      refused: aloud
        ? 'the account owns the name, but may not push it here or this way: 403, which says where'
        : undefined,
      granted: aloud ? [] : explained.flatMap(grantedBy),
    };
  }

  private async explainScope(
    asked: RequestedAccess,
    identity: Identity,
    registry: Registry | undefined,
    facts: RepositoryFactsRow | undefined,
  ): Promise<ScopeExplanation> {
    const read = `${asked.type} "${asked.name}", asked for ${asked.actions.join(', ') || 'nothing'}`;
    const steps = [{ component: 'tokens', message: `read as ${read}` }];
    if (asked.type === 'repository' && registry !== undefined && asked.name !== '') {
      if (facts !== undefined)
        steps.push({ component: 'repositories', message: await this.describeFacts(facts) });
      return { asked, steps, verdicts: explainRepository(asked, identity, facts, registry.id) };
    }
    return { asked, steps, verdicts: explainCatalog(asked, identity, registry) };
  }

  private async describeFacts(facts: RepositoryFactsRow): Promise<string> {
    const { name, namespace, repository, registryId, registryPath } = facts;
    if (repository === undefined) {
      return `${name.path} does not exist${namespace === undefined ? ', nor does its namespace' : ''}`;
    }
    const home = registryId === null ? undefined : await this.registries.findById(registryId);
    const where =
      home === undefined ? 'on no registry yet' : `on the registry ${home.name} as ${registryPath}`;
    const built = repository.automated ? ', a trusted build' : '';
    return `${name.path} is ${repository.state}, ${repository.visibility}${built}, ${where}`;
  }

  private async identity(name: string | undefined, accessToken: string | undefined): Promise<Identity> {
    if (name === undefined) return anonymous;
    const account = await this.accounts.find(name);
    if (account === undefined) throw notFound(`account ${name}`);
    if (accessToken === undefined) return { kind: 'account', account, via: 'password' };
    const tokens = await this.accessTokens.list(account, { limit: maxTokens });
    const token = tokens.find(({ id }) => id === accessToken);
    if (token === undefined) throw notFound(`access token ${accessToken}`);
    const ceiling = { tokenId: token.id, permissions: token.permissions, repositories: token.repositories };
    return { kind: 'account', account, via: 'token', restrictions: ceiling };
  }
}

function explainCatalog(
  asked: RequestedAccess,
  identity: Identity,
  registry: Registry | undefined,
): ActionVerdict[] {
  const component = 'tokens';
  if (asked.type === 'registry') {
    const given = evaluateCatalogScope(asked, identity);
    const rule =
      'searching the catalog is for who is signed in, listing it for administrators without an access token';
    return asked.actions.map((action) => ({
      action,
      granted: given.includes(action),
      component,
      message: rule,
    }));
  }
  if (asked.type === 'repository' && asked.name === '') {
    const catalog = { type: 'registry', name: 'catalog', actions: ['*'] };
    const lists = registry?.kind === 'zot' && evaluateCatalogScope(catalog, identity).length > 0;
    const message =
      'zot calls its catalog a repository without a name; administrators list it, nobody elsewhere';
    return asked.actions.map((action) => ({
      action,
      granted: lists && action === 'pull',
      component,
      message,
    }));
  }
  const message =
    asked.type === 'repository'
      ? 'the index itself holds no images'
      : 'only repository and registry are known types';
  return asked.actions.map((action) => ({ action, granted: false, component, message }));
}

function grantedBy({ asked, verdicts }: ScopeExplanation): string[] {
  const granted = verdicts.filter((one) => one.granted).map(({ action }) => action);
  return granted.length > 0 ? [`${asked.type}:${asked.name}:${granted.join(',')}`] : [];
}

function refused(steps: TokenExplanation['steps'], error?: DomainError): TokenExplanation {
  return { steps: steps, scopes: [], refused: error?.message, granted: [] };
}

function describe(identity: Identity): string {
  if (identity.kind === 'anonymous') return 'nobody is signed in';
  const { account, restrictions } = identity;
  const rank = account.administrator ? ', an administrator' : '';
  const state = account.disabled ? ', disabled' : '';
  const limits = restrictions
    ? `, limited by access token ${restrictions.tokenId} to ${restrictions.permissions.join(', ')} on ${restrictions.repositories.join(', ')}`
    : '';
  return `account ${account.name}${rank}${state}${limits}`;
}
