import { defineFact } from '@central-index/platform/jobs';

/** A tag points to a digest that it did not point to before. `actor` is the account that pushed, null when unknown. */
export const tagPushed = defineFact<TagFact>('tag.pushed', { batched: true });

/** A tag no longer exists at its registry. `actor` is the account that deleted it, null when unknown. */
export const tagDeleted = defineFact<TagFact>('tag.deleted', { batched: true });

type TagFact = {
  readonly repositoryId: string;
  readonly tag: string;
  readonly digest: string;
  readonly actor: string | null;
};

/** A push event named a tag that the registry did not serve yet. `attempt` counts the checks so far. */
export const tagRecheckRequested = defineFact<{ eventId: string; attempt: number }>('tag.recheck-requested');

/** A person requested the deletion of a tag that the registry may not have deleted yet. */
export const tagDeletionRequested = defineFact<{ repositoryId: string; tag: string }>(
  'tag.deletion-requested',
);

/** A repository was moved to another registry: its images at the former one are to be deleted. */
export const repositoryMovedAway = defineFact<{
  repositoryId: string;
  registryId: string;
  registryPath: string;
}>('repository.moved-away');

/** An administrator requested a long-running operation. */
export const operationRequested = defineFact<{ operationId: string }>('operation.requested');

/** A registry is to be reconciled; `full` reads the digest of every tag. Plain jobs, added by the schedule. */
export const registryReconcile = defineFact<{ registryId: string }>('registry.reconcile');
export const registryReconcileFull = defineFact<{ registryId: string }>('registry.reconcile-full');
