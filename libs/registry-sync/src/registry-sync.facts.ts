import { defineFact } from '@central-index/platform/jobs';

/** Payload of facts about tags. */
type TagFact = {
  readonly repositoryId: string;
  readonly tag: string;
  readonly digest: string;
  /** Null when unknown. */
  readonly actor: string | null;
};

/** A tag points to a digest that it did not point to before. `actor` is the name of the account that pushed. */
export const tagPushed = defineFact<TagFact>('tag.pushed', { batched: true });

/** A tag no longer exists at its registry. `actor` is the name of the account that requested its deletion here. */
export const tagDeleted = defineFact<TagFact>('tag.deleted', { batched: true });

/** A push event named a tag that the registry did not serve yet. `attempt` counts the checks so far. */
export const tagRecheckRequested = defineFact<{ eventId: string; attempt: number }>('tag.recheck-requested');

/** A person requested the deletion of a tag that the registry may not have deleted yet. */
export const tagDeletionRequested = defineFact<{ repositoryId: string; tag: string }>(
  'tag.deletion-requested',
);

/** A repository was moved to another registry, and its images at the former one are to be deleted. */
export const repositoryMovedAway = defineFact<{
  repositoryId: string;
  registryId: string;
  registryPath: string;
}>('repository.moved-away');

/** An administrator requested a long-running operation. */
export const operationRequested = defineFact<{ operationId: string }>('operation.requested');

/** A plain job, added by the schedule: reconciles a registry, reading digests where a push may have moved a tag. */
export const registryReconcile = defineFact<{ registryId: string }>('registry.reconcile');

/** A plain job, added by the schedule: reconciles a registry, reading the digest of every tag. */
export const registryReconcileFull = defineFact<{ registryId: string }>('registry.reconcile-full');
