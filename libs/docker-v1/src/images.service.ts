import { accountOf, type Identity } from '@central-index/accounts';
import { decide } from '@central-index/namespaces';
import type { RepositoryName } from '@central-index/naming';
import { Database } from '@central-index/platform/database';
import { notFound } from '@central-index/platform/errors';
import { PullCounter, RepositoryFactsService, type RepositoryFactsRow } from '@central-index/repositories';
import { Injectable } from '@nestjs/common';
import type { V1Image } from './image-list';
import { selectHolders, selectImages, selectTagLayers } from './images.queries';
import { TokenCallers, type TokenCaller } from './token-callers.service';
import { V1Placement, type OpenedRegistry } from './v1-placement.service';

/** The images of a repository, and what opens the registry that stores them if that was requested. */
export interface OpenedImages {
  readonly images: readonly V1Image[];
  readonly opened?: OpenedRegistry;
}

/** A pull that begins: the address of the client, and what throws if a limit on pulls forbids it. */
export interface Pull {
  readonly address: string;
  readonly admit: () => Promise<void>;
}

/** A tag, and the first eight digits of its image's id. */
export interface TagLayer {
  readonly name: string;
  readonly layer: string;
}

const holdersPerPage = 100;
const maxHolders = 10_000;

/** Image lists of repositories on v1 registries, for clients that pull and for registries that ask about a token. */
@Injectable()
export class ImagesService {
  constructor(
    private readonly database: Database,
    private readonly facts: RepositoryFactsService,
    private readonly callers: TokenCallers,
    private readonly placement: V1Placement,
    private readonly pulls: PullCounter,
  ) {}

  /**
   * The images of a repository. With `pull`, also opens its registry and counts a pull. Throws NOT_FOUND
   * for what the caller may not pull, and for what is on no v1 registry.
   */
  async list(identity: Identity, name: RepositoryName, pull?: Pull): Promise<OpenedImages> {
    const facts = await this.findReadable(identity, name);
    const registry = await this.placement.find(facts);
    if (registry?.kind !== 'v1') throw notFound('repository', name.full);
    const { images } = (await this.database.queryOne(selectImages, [facts.id]))!;
    if (pull === undefined) return { images };
    await pull.admit();
    await this.pulls.countOne(facts.id!, pull.address);
    return { images, opened: await this.placement.open(identity, registry, name.path, 'read') };
  }

  /** The bearer of a v1 token, and the images of its repository. Throws INVALID_TOKEN, NOT_FOUND and DENIED. */
  identify(authorization: string, name: RepositoryName): Promise<TokenCaller> {
    return this.callers.identify(authorization, name);
  }

  /** True if the caller may pull a repository that has the image. */
  async mayRead(identity: Identity, imageId: string): Promise<boolean> {
    const accountId = accountOf(identity)?.id ?? null;
    for (let skipped = 0; skipped < maxHolders; skipped += holdersPerPage) {
      const values = [imageId, accountId, skipped, holdersPerPage];
      const rows = await this.database.query(selectHolders, values);
      const facts = await this.facts.find(rows.map(({ path }) => path));
      for (const one of facts.values()) if (decide(identity, 'pull', one).allowed) return true;
      if (rows.length < holdersPerPage) return false;
    }
    return false;
  }

  /** The tags of a repository on any registry, as they were read from it. Throws NOT_FOUND. */
  async tags(identity: Identity, name: RepositoryName): Promise<TagLayer[]> {
    const { id } = await this.findReadable(identity, name);
    const tags = await this.database.query(selectTagLayers, [id]);
    return tags.map(({ name: tag, digest }) => {
      const hex = digest.slice(digest.indexOf(':') + 1);
      return { layer: hex.slice(0, 8), name: tag };
    });
  }

  // The same for what is absent and for what the caller may not know of.
  private async findReadable(identity: Identity, name: RepositoryName): Promise<RepositoryFactsRow> {
    const facts = await this.facts.findOne(name.path);
    if (facts?.repository === undefined || !decide(identity, 'pull', facts).allowed) {
      throw notFound('repository', name.full);
    }
    return facts;
  }
}
