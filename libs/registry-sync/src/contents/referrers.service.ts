import type { Identity } from '@central-index/accounts';
import { isTag } from '@central-index/naming';
import { notFound } from '@central-index/platform/errors';
import { RegistriesService } from '@central-index/registries';
import { RepositoriesService, TagsService } from '@central-index/repositories';
import { Injectable } from '@nestjs/common';
import { ReferrersReader, type Referrer } from './referrers-reader';

/** What refers to the images of repositories, as callers may see it. */
@Injectable()
export class ReferrersService {
  constructor(
    private readonly repositories: RepositoriesService,
    private readonly tags: TagsService,
    private readonly registries: RegistriesService,
    private readonly reader: ReferrersReader,
  ) {}

  /** The referrers of the manifest that a tag points to. Throws NOT_FOUND and, as its registry is asked, REGISTRY_…. */
  async list(identity: Identity, path: string, tag: string): Promise<Referrer[]> {
    const { id, registryId, registryPath } = await this.repositories.authorize(identity, path, 'view');
    if (!isTag(tag)) throw notFound('tag');
    const { digest } = await this.tags.find(identity, path, tag);
    const registry = registryId === null ? undefined : await this.registries.findById(registryId);
    if (registry === undefined || registry.kind === 'v1' || registryPath === null) return [];
    return this.reader.read(registry, { repositoryId: id, path: registryPath, digest });
  }
}
