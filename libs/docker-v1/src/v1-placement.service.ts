import type { Identity } from '@central-index/accounts';
import { CONFIG, type Config } from '@central-index/platform/config';
import { Database } from '@central-index/platform/database';
import { endpointsOf, RegistriesService, type Registry } from '@central-index/registries';
import type { RepositoryFactsRow } from '@central-index/repositories';
import { V1Tokens, v1TokenTtl, type V1Access } from '@central-index/tokens';
import { Inject, Injectable } from '@nestjs/common';
import { notOnV1Registry } from './docker-v1.errors';
import { selectDefaultRegistry } from './images.queries';

/** Where a client continues, and the token that it is let in with. */
export interface OpenedRegistry {
  /** The value of `X-Docker-Token`. */
  readonly token: string;
  /** The values of `X-Docker-Endpoints`: `host` or `host:port`. */
  readonly endpoints: readonly string[];
}

/** On which v1 registry repositories are, and what opens it. */
@Injectable()
export class V1Placement {
  constructor(
    private readonly database: Database,
    private readonly registries: RegistriesService,
    private readonly tokens: V1Tokens,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Lifetime of the tokens for a registry, in seconds. */
  ttlOf(registry: Registry): number {
    return v1TokenTtl(registry, this.config.tokens.ttl);
  }

  /** A token for a caller whose access was decided, and where it is valid. */
  async open(
    identity: Identity,
    registry: Registry,
    repository: string,
    access: V1Access,
  ): Promise<OpenedRegistry> {
    const token = await this.tokens.issue(identity, repository, access, this.ttlOf(registry));
    return { token, endpoints: endpointsOf(registry) };
  }

  /** The registry that a repository is placed on, of any kind; undefined if it is not placed. */
  async find({ registryId }: RepositoryFactsRow): Promise<Registry | undefined> {
    return registryId === null ? undefined : this.registries.findById(registryId);
  }

  /** The v1 registry that stores the repository. Throws NOT_ON_V1_REGISTRY, which says where it is instead. */
  async registryOf(facts: RepositoryFactsRow): Promise<Registry> {
    const { name } = facts;
    const registry = await this.find(facts);
    if (registry?.kind === 'v1') return registry;
    throw notOnV1Registry(
      registry === undefined
        ? `${name.full} has no images on a v1 registry`
        : `${name.full} is on the registry ${registry.host}, which needs Docker 1.11 or newer`,
    );
  }

  /**
   * The v1 registry that a push goes to: the one that the name is placed on, or that a rule chooses, or the default. If
   * the name is placed elsewhere, the default, where the push is then refused. Throws NOT_ON_V1_REGISTRY without any.
   */
  async registryForPush(facts: RepositoryFactsRow): Promise<Registry> {
    const isPlaced = facts.repository !== undefined && facts.repository.state !== 'deleted';
    const chosen = (isPlaced ? facts.registryId : null) ?? facts.ruledRegistryId ?? null;
    const registry = chosen === null ? undefined : await this.registries.findById(chosen);
    if (registry?.kind === 'v1') return registry;
    const row = await this.database.queryOne(selectDefaultRegistry);
    const fallback = row && (await this.registries.findById(row.id));
    if (fallback !== undefined) return fallback;
    throw notOnV1Registry(
      registry === undefined
        ? 'this index has no registry for Docker 1.10 and older: use a newer Docker'
        : `${facts.name.full} is pushed to the registry ${registry.host}, which needs Docker 1.11 or newer`,
    );
  }
}
