import { setTimeout as pause } from 'node:timers/promises';
import type { MeilisearchClient } from './client';
import {
  indexSettings,
  liveIndex,
  generationMarkerDocument,
  generationMarkerId,
  settingsToChange,
} from './document';
import { failureOfTask, MeilisearchFailure } from './failure';

const patience = 300_000;

/** The mark that an index bears; undefined when there is no such index, null when it bears none. */
export async function generationMarkerOf(
  client: MeilisearchClient,
  index: string,
): Promise<string | null | undefined> {
  try {
    const { results } = await client.documents<{ generation?: string }>(index, {
      limit: 1,
      fields: ['generation'],
      filter: `id = ${generationMarkerId}`,
    });
    return results[0]?.generation ?? null;
  } catch (error) {
    if (!(error instanceof MeilisearchFailure)) throw error;
    if (error.kind === 'indexMissing') return undefined;
    // An index that somebody made by hand does not let ids be filtered.
    if (error.kind === 'refused') return null;
    throw error;
  }
}

/** Puts the mark into an index: from then on it is the one that was filled under this mark. */
export async function putGenerationMarker(
  client: MeilisearchClient,
  index: string,
  mark: string,
): Promise<void> {
  await succeed(client, await client.put(index, [generationMarkerDocument(mark)]));
}

/** True when the index in use is set to what it must be. */
export async function isSetUp(client: MeilisearchClient): Promise<boolean> {
  return Object.keys(settingsToChange(await client.settings(liveIndex))).length === 0;
}

/** Makes an empty index with our settings; whatever was under that name is gone. */
export async function makeIndex(client: MeilisearchClient, index: string): Promise<void> {
  await dropIndex(client, index);
  await succeed(client, await client.createIndex(index));
  const settings = settingsToChange(await client.settings(index));
  if (Object.keys(settings).length > 0) {
    await succeed(client, await client.changeSettings(index, indexSettings));
  }
}

/** Takes an index away, if there is one. */
export async function dropIndex(client: MeilisearchClient, index: string): Promise<void> {
  const ended = await end(client, await client.deleteIndex(index));
  if (ended.status === 'failed' && ended.error?.code !== 'index_not_found') throw failureOfTask(ended.error);
}

/** Waits for a task to succeed; throws what it failed of. */
export async function succeed(client: MeilisearchClient, uid: number): Promise<void> {
  const { status, error } = await end(client, uid);
  if (status !== 'succeeded') throw failureOfTask(error);
}

async function end(client: MeilisearchClient, uid: number) {
  const deadline = performance.now() + patience;
  for (let wait = 20; performance.now() < deadline; wait = Math.min(wait * 1.5, 500)) {
    const [task] = await client.tasks([uid]);
    if (task && task.status !== 'enqueued' && task.status !== 'processing') return task;
    await pause(wait);
  }
  throw new MeilisearchFailure('timeout');
}
