import { accountOf, type Identity } from '@central-index/accounts';
import { AuditService } from '@central-index/audit';
import { isTag } from '@central-index/naming';
import { Database } from '@central-index/platform/database';
import { DomainError, notFound } from '@central-index/platform/errors';
import { Jobs } from '@central-index/platform/jobs';
import { RegistriesService } from '@central-index/registries';
import { RepositoriesService } from '@central-index/repositories';
import { Injectable } from '@nestjs/common';
import { ContentsService } from '../contents/contents.service';
import type { Referrer } from '../contents/referrers-reader';
import { nothingObserved } from '../contents/observed-contents';
import { tagNotDeleted } from '../registry-sync.errors';
import { tagDeletionRequested } from '../registry-sync.facts';
import { RegistryTagDeletion, type TagDeletionOutcome } from './registry-tag-deletion';
import {
  deleteTagDeletion,
  requestTagDeletion,
  selectTagDeletion,
  selectTagWithDigest,
  type TagDeletion,
} from './tag-deletions.queries';

const retryableCodes: ReadonlySet<string> = new Set([
  'REGISTRY_UNREACHABLE',
  'REGISTRY_ERROR',
  'REGISTRY_UNAUTHORIZED',
]);
/** What refers to the image of a deleted tag, and whether it was deleted, too. */
export interface DeletedReferrers {
  readonly referrers: readonly Referrer[];
  readonly deleted: boolean;
}

// The job finishes a deletion that a crash interrupted; otherwise it finds nothing to do.
const resumeAfterSeconds = 30;

/** Deletes tags, at their registries and in the index. */
@Injectable()
export class TagDeletionsService {
  constructor(
    private readonly database: Database,
    private readonly repositories: RepositoriesService,
    private readonly registries: RegistriesService,
    private readonly registryDeletion: RegistryTagDeletion,
    private readonly contents: ContentsService,
    private readonly audit: AuditService,
    private readonly jobs: Jobs,
  ) {}

  /**
   * Deletes a tag at its registry and in the index, on request with what refers to its image. Returns what refers to it,
   * or undefined when the registry is unavailable: then a job retries. Throws NOT_FOUND, DENIED, and TAG_NOT_DELETED when
   * the registry cannot delete the tag, or only together with an image that other tags need.
   */
  async delete(
    identity: Identity,
    path: string,
    tag: string,
    options: { readonly withReferrers: boolean; readonly address: string },
  ): Promise<DeletedReferrers | undefined> {
    const { id, registryId } = await this.repositories.authorize(identity, path, 'delete');
    if (!isTag(tag)) throw notFound('tag', tag);
    if (registryId === null) throw tagNotDeleted(tag, 'its repository is placed on no registry');
    const requestedBy = accountOf(identity)?.name ?? '';
    await this.request(id, registryId, { tag, requestedBy, withReferrers: options.withReferrers });
    try {
      const outcome = await this.finish(id, tag, options.address);
      if (outcome === undefined) return { referrers: [], deleted: false };
      if ('reason' in outcome) throw tagNotDeleted(tag, outcome.reason);
      return { referrers: outcome.referrers, deleted: options.withReferrers };
    } catch (error) {
      if (error instanceof DomainError && retryableCodes.has(error.code)) return undefined;
      throw error;
    }
  }

  /**
   * Finishes the requested deletion of a tag; does nothing, and returns undefined, when it is finished. `address` is that
   * of the request, for the audit log. Throws REGISTRY_….
   */
  async finish(repositoryId: string, tag: string, address?: string): Promise<TagDeletionOutcome | undefined> {
    const deletion = await this.database.queryOne(selectTagDeletion, [repositoryId, tag]);
    if (deletion === undefined) return undefined;
    const registry = await this.registries.findById(deletion.registryId);
    const outcome =
      registry === undefined
        ? { reason: 'its registry was removed' }
        : await this.registryDeletion.delete(registry, deletion);
    await this.settle(deletion, outcome, address);
    return outcome;
  }

  private async request(
    repositoryId: string,
    registryId: string,
    { tag, requestedBy, withReferrers }: Pick<TagDeletion, 'tag' | 'requestedBy' | 'withReferrers'>,
  ): Promise<void> {
    await this.database.transaction(async (manager) => {
      // Without the lock, the tag may be deleted between its read and this write, and would then be deleted twice.
      await this.contents.lock(manager, repositoryId, registryId);
      const values = [repositoryId, tag, requestedBy, withReferrers];
      const requested = await this.database.execute(requestTagDeletion, values, manager);
      if (requested === 0) throw notFound('tag', tag);
      const facts = [tagDeletionRequested({ repositoryId, tag })];
      await this.jobs.emitDelayed(manager, facts, resumeAfterSeconds);
    });
  }

  private async settle(
    deletion: TagDeletion,
    outcome: TagDeletionOutcome,
    address: string | undefined,
  ): Promise<void> {
    const { repositoryId, path, tag, digest, registryId, requestedBy } = deletion;
    await this.database.transaction(async (manager) => {
      const version = await this.contents.lock(manager, repositoryId, registryId);
      const values = [repositoryId, tag, digest];
      const settled = await this.database.execute(deleteTagDeletion, values, manager);
      // The request and the job may both get here: only the first one writes.
      if (settled === 0 || version === undefined || 'reason' in outcome) return;
      const isStored = (await this.database.execute(selectTagWithDigest, values, manager)) > 0;
      await this.contents.write(manager, repositoryId, {
        ...nothingObserved,
        goneTags: isStored ? [tag] : [],
        goneDigests: [...(outcome.deleted === 'image' ? [digest] : []), ...outcome.deletedReferrers],
        deletedBy: requestedBy,
      });
      await this.audit.record(manager, {
        action: 'tag.deleted',
        actor: address === undefined ? { name: requestedBy } : { name: requestedBy, address },
        subjectType: 'repository',
        subject: path,
        detail: {
          tag,
          digest,
          image: outcome.deleted === 'image' ? 'deleted' : 'kept',
          ...(deletion.withReferrers ? { referrers: outcome.deletedReferrers } : {}),
        },
      });
    });
  }
}
