import { Injectable } from '@nestjs/common';
import { Database } from '@central-index/platform/database';
import { RegistriesService, type Registry } from '@central-index/registries';
import { ContentsReader, type KnownPush } from '../contents/contents-reader';
import { MissingTagsService } from './missing-tags.service';
import { selectPlacement } from './repository-refresh.queries';

/** Reads single repositories from their registries, where something is known to have changed and no event says so. */
@Injectable()
export class RepositoryRefresh {
  constructor(
    private readonly database: Database,
    private readonly registries: RegistriesService,
    private readonly reader: ContentsReader,
    private readonly missingTags: MissingTagsService,
  ) {}

  /** Reads the tags after a push that the index knows of; does nothing if the repository is not placed. Throws REGISTRY_…. */
  async readPushed(repositoryId: string, push: KnownPush): Promise<void> {
    const registry = await this.registryOf(repositoryId);
    if (registry !== undefined) await this.reader.read(registry, repositoryId, { digests: true, push });
  }

  /** Reads the tags, and deletes those for which the registry responds that it has them no more. Throws REGISTRY_…. */
  async readAll(repositoryId: string): Promise<void> {
    const registry = await this.registryOf(repositoryId);
    if (registry === undefined) return;
    const result = await this.reader.read(registry, repositoryId);
    if (result === undefined || result.missing.length === 0) return;
    await this.missingTags.delete(registry, { repositoryId, confirmed: result.missing });
  }

  private async registryOf(repositoryId: string): Promise<Registry | undefined> {
    const row = await this.database.queryOne(selectPlacement, [repositoryId]);
    return row && (await this.registries.findById(row.registryId));
  }
}
