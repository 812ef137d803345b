import type { Fact } from '@central-index/platform/jobs';

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
