import type { Fact } from '@central-index/platform/jobs';

/** Something of a repository changed that others may see, or it came or went. */
export const repositoryChanged = (repositoryId: string): Fact => ({
  type: 'repository.changed',
  ids: { repositoryId },
  gathered: true,
});

/** A repository was deleted: what it holds at its registry is still there. */
export const repositoryRemoved = (repositoryId: string): Fact => ({
  type: 'repository.removed',
  ids: { repositoryId },
});

/** A batch of repositories was taken over from elsewhere; `repositoryIds` are joined by commas. */
export const repositoriesImported = (repositoryIds: readonly string[]): Fact => ({
  type: 'repositories.imported',
  ids: { repositoryIds: repositoryIds.join(',') },
});

/** A push was reported whose tag the registry did not have so when it was asked, for the `look`th time. */
export const pushReportedEarly = (eventId: string, look: number): Fact => ({
  type: 'push.reported-early',
  ids: { eventId, look: String(look) },
});

/** Somebody asked for a tag to be deleted; the registry may not have done so yet. */
export const tagRemovalAsked = (repositoryId: string, tag: string): Fact => ({
  type: 'tag.removal-asked',
  ids: { repositoryId, tag },
});

/** A repository was moved away, and what it left at that registry shall be deleted. */
export const repositoryLeft = (repositoryId: string, registryId: string, registryPath: string): Fact => ({
  type: 'repository.left',
  ids: { repositoryId, registryId, registryPath },
});

/** An administrator asked for long work. */
export const errandAsked = (errandId: string): Fact => ({ type: 'errand.asked', ids: { errandId } });
