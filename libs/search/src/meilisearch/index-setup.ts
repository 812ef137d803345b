import { setTimeout as pause } from 'node:timers/promises';
import type { MeilisearchClient, MeilisearchTask } from './client';
import {
  indexSettings,
  liveIndex,
  generationMarkerDocument,
  generationMarkerId,
  settingsToChange,
} from './document';
import { failureOfTask, MeilisearchFailure } from './failure';

const taskTimeoutMs = 300_000;

/** The generation marker of an index; undefined if the index does not exist, null if it has no marker. */
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
    // In an index that another program created, ids are not filterable.
    if (error.kind === 'refused') return null;
    throw error;
  }
}

/** Writes the generation marker of an index. */
export async function putGenerationMarker(
  client: MeilisearchClient,
  index: string,
  generation: string,
): Promise<void> {
  await waitForTask(client, await client.put(index, [generationMarkerDocument(generation)]));
}

/** True if the settings of the index in use are right. */
export async function hasRightSettings(client: MeilisearchClient): Promise<boolean> {
  return Object.keys(settingsToChange(await client.settings(liveIndex))).length === 0;
}

/** Creates an empty index with the right settings, and deletes an existing one of that name. */
export async function recreateIndex(client: MeilisearchClient, index: string): Promise<void> {
  await deleteIndex(client, index);
  await waitForTask(client, await client.createIndex(index));
  const settings = settingsToChange(await client.settings(index));
  if (Object.keys(settings).length > 0) {
    await waitForTask(client, await client.changeSettings(index, indexSettings));
  }
}

/** Deletes an index if it exists. */
export async function deleteIndex(client: MeilisearchClient, index: string): Promise<void> {
  const { status, error } = await finishedTask(client, await client.deleteIndex(index));
  if (status === 'failed' && error?.code !== 'index_not_found') throw failureOfTask(error);
}

/** Waits until a task has succeeded. Throws MeilisearchFailure if it fails or is not finished within five minutes. */
export async function waitForTask(client: MeilisearchClient, uid: number): Promise<void> {
  const { status, error } = await finishedTask(client, uid);
  if (status !== 'succeeded') throw failureOfTask(error);
}

async function finishedTask(client: MeilisearchClient, uid: number): Promise<MeilisearchTask> {
  const timeout = AbortSignal.timeout(taskTimeoutMs);
  for (let pauseMs = 20; !timeout.aborted; pauseMs = Math.min(pauseMs * 1.5, 500)) {
    const [task] = await client.tasks([uid]);
    if (task && task.status !== 'enqueued' && task.status !== 'processing') return task;
    await pause(pauseMs);
  }
  throw new MeilisearchFailure('timeout');
}
