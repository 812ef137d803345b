import { accountOf, type Identity } from '@central-index/accounts';
import { AuditService } from '@central-index/audit';
import { isTag } from '@central-index/naming';
import { Database } from '@central-index/platform/database';
import { DomainError, notFound } from '@central-index/platform/errors';
import { Jobs } from '@central-index/platform/jobs';
import { inParallel, RegistriesService, RegistryClient, type Registry } from '@central-index/registries';
import { Injectable } from '@nestjs/common';
import { ContentsService } from '../contents/contents.service';
import { RepositoriesService } from '@central-index/repositories';
import { tagNotDeleted } from '../registry-sync.errors';
import { tagDeletionRequested } from '../registry-sync.facts';

interface TagDeletion {
  readonly repositoryId: string;
  readonly name: string;
  readonly registryId: string;
  readonly registryPath: string;
  readonly tag: string;
  readonly digest: string;
  readonly requestedBy: string;
}

const retryableCodes: ReadonlySet<string> = new Set([
  'REGISTRY_UNREACHABLE',
  'REGISTRY_ERROR',
  'REGISTRY_UNAUTHORIZED',
]);
// After a crash, a job goes on; while all is well, it finds nothing to do.
const resumeAfterSeconds = 30;
// Tags whose digest is asked for at the same time.
const parallel = 6;

/** Deletes tags at their registries. */
@Injectable()
export class TagDeletionsService {
  constructor(
    private readonly database: Database,
    private readonly repositories: RepositoriesService,
    private readonly registries: RegistriesService,
    private readonly client: RegistryClient,
    private readonly contents: ContentsService,
    private readonly audit: AuditService,
    private readonly jobs: Jobs,
  ) {}

  /**
   * Deletes a tag at the registry and here. Answers false when the registry did not answer: then a job goes on asking.
   * Throws NOT_FOUND, DENIED, and TAG_NOT_DELETED when the registry cannot do it, or when the image would have to go
   * that other tags name.
   */
  async delete(identity: Identity, path: string, tag: string, address: string): Promise<boolean> {
    const { facts, view } = await this.repositories.require(identity, path, 'delete');
    if (!isTag(tag)) throw notFound('tag');
    const { registryId } = facts;
    if (registryId === null) throw tagNotDeleted(tag, 'its repository lies on no registry just now');
    const actor = accountOf(identity)?.name ?? '';
    await this.database.transaction(async (manager) => {
      // Read without the lock, the tag may go before this is written: then it would be deleted twice.
      await this.contents.lock(manager, view.id, registryId);
      const asked = await this.database.rows(
        `insert into tag_deletion (repository_id, tag, digest, requested_by)
         select repository_id, name, digest, $3 from tag where repository_id = $1 and name = $2
         on conflict (repository_id, tag) do update set digest = excluded.digest, requested_by = excluded.requested_by
         returning tag`,
        [view.id, tag, actor],
        manager,
      );
      if (asked.length === 0) throw notFound(`tag ${tag}`);
      await this.jobs.emitDelayed(
        manager,
        [tagDeletionRequested({ repositoryId: view.id, tag })],
        resumeAfterSeconds,
      );
    });
    try {
      const reason = await this.finish(view.id, tag, address);
      if (reason !== undefined) throw tagNotDeleted(tag, reason);
      return true;
    } catch (error) {
      if (error instanceof DomainError && retryableCodes.has(error.code)) return false;
      throw error;
    }
  }

  /**
   * Goes on with deleting a tag that somebody asked to delete, and changes nothing when that is done. Answers why it
   * stays, if it does. Throws REGISTRY_….
   */
  async finish(repositoryId: string, tag: string, address?: string): Promise<string | undefined> {
    const asked = await this.find(repositoryId, tag);
    if (asked === undefined) return undefined;
    const registry = await this.registries.findById(asked.registryId);
    const outcome =
      registry === undefined || registry.kind === 'v1'
        ? { reason: 'its registry deletes nothing' }
        : await this.deleteAt(registry, asked);
    await this.settle(asked, outcome, address);
    return 'reason' in outcome ? outcome.reason : undefined;
  }

  private async find(repositoryId: string, tag: string): Promise<TagDeletion | undefined> {
    const [row] = await this.database.rows<TagDeletion>(
      `select repository_id as "repositoryId", path as name, registry_id as "registryId",
              registry_path as "registryPath", tag, digest, requested_by as "requestedBy"
         from tag_deletion join repository on repository.id = repository_id
        where repository_id = $1 and tag = $2 and registry_id is not null and state <> 'deleted'`,
      [repositoryId, tag],
    );
    return row;
  }

  private async deleteAt(
    registry: Registry,
    asked: TagDeletion,
  ): Promise<{ gone: 'tag' | 'image' } | { reason: string }> {
    const { registryPath: path, tag, digest } = asked;
    const now = await this.client.manifest(registry, path, tag);
    if (now === undefined) return { gone: 'tag' };
    if (now.digest !== digest) return { reason: 'another image was pushed under it meanwhile' };
    const outcome = await this.client.deleteTag(registry, path, tag);
    if (outcome === 'deleted') return { gone: 'tag' };
    const nothing = `the registry ${registry.name} deletes nothing; its operator must allow it`;
    if (outcome === 'refused') return { reason: nothing };
    const others = await this.others(registry, asked);
    if (others.length > 0) {
      const reason = `the registry ${registry.name} can only delete the image, which is needed by ${others.join(', ')}`;
      return { reason };
    }
    return (await this.client.deleteManifest(registry, path, digest))
      ? { gone: 'image' }
      : { reason: nothing };
  }

  // What names the image besides, at the registry and not only here: a report may not have come yet.
  private async others(registry: Registry, asked: TagDeletion): Promise<string[]> {
    const { repositoryId, registryPath: path, tag, digest } = asked;
    const others = new Set<string>();
    const listed = await this.client.tags(registry, path);
    await inParallel(parallel, listed, async (name) => {
      if (name !== tag && (await this.client.digest(registry, path, name)) === digest) others.add(name);
    });
    const wholes = await this.database.rows<{ name: string }>(
      `select coalesce(tag.name, manifest.digest) as name from manifest left join tag using (repository_id, digest)
        where repository_id = $1 and $2 = any(children)`,
      [repositoryId, digest],
    );
    for (const { name } of wholes) others.add(name);
    return [...others].sort().slice(0, 10);
  }

  private async settle(
    asked: TagDeletion,
    outcome: { gone: 'tag' | 'image' } | { reason: string },
    address: string | undefined,
  ): Promise<void> {
    const { repositoryId, tag, digest, registryId } = asked;
    await this.database.transaction(async (manager) => {
      const placed = await this.contents.lock(manager, repositoryId, registryId);
      const mine = await this.database.rows(
        'delete from tag_deletion where repository_id = $1 and tag = $2 and digest = $3 returning tag',
        [repositoryId, tag, digest],
        manager,
      );
      // Two may have come to the same end: it is written down once.
      if (mine.length === 0 || placed === undefined || 'reason' in outcome) return;
      const held = await this.database.rows(
        'select from tag where repository_id = $1 and name = $2 and digest = $3',
        [repositoryId, tag, digest],
        manager,
      );
      await this.contents.write(manager, repositoryId, {
        images: [],
        tags: [],
        pushes: [],
        goneTags: held.length > 0 ? [tag] : [],
        deletedBy: asked.requestedBy,
        goneDigests: outcome.gone === 'image' ? [digest] : [],
        pushedAt: null,
      });
      await this.audit.record(manager, {
        action: 'tag.deleted',
        actor: address === undefined ? { name: asked.requestedBy } : { name: asked.requestedBy, address },
        subjectType: 'repository',
        subject: asked.name,
        detail: { tag, digest, image: outcome.gone === 'image' ? 'deleted' : 'kept' },
      });
    });
  }
}
