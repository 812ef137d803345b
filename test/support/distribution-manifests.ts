import { content, type Content } from './images';
import { changeEvent, type RegistryEventBody } from './registry-event-bodies';
import {
  isTagReference,
  tagsOf,
  type ManifestCall,
  type ManifestOutcome,
  type StoredRepositories,
} from './stored-repository';

/** How Distribution of a generation handles a request for a manifest. */
export function handleAsDistribution(
  generation: '2.8' | '3.x',
  repositories: StoredRepositories,
  call: ManifestCall,
): ManifestOutcome {
  const { method, path, reference } = call;
  const isTag = isTagReference(reference);
  const tag = isTag ? reference : undefined;
  const eventOf = (action: string, target: Partial<Content> & { tag?: string }): RegistryEventBody =>
    changeEvent(generation, { ...call, action, body: undefined, ...target });
  if (method === 'PUT') {
    const manifest = content(call.mediaType, call.body);
    const repository = repositories.at(path);
    repository.manifests.set(manifest.digest, manifest);
    if (isTag) repository.tags.set(reference, manifest.digest);
    return { status: 201, manifest, events: [eventOf('push', { ...manifest, tag })] };
  }
  const repository = repositories.find(path);
  const manifest = repository?.manifests.get(repository.tags.get(reference) ?? reference);
  if (method === 'DELETE' && isTag && generation === '2.8') {
    return { status: 400, code: 'DIGEST_INVALID', events: [] };
  }
  if (repository === undefined || manifest === undefined) {
    return { status: 404, code: 'MANIFEST_UNKNOWN', events: [] };
  }
  if (method !== 'DELETE') return { status: 200, manifest, events: [eventOf('pull', { ...manifest, tag })] };
  const tags = isTag ? [reference] : tagsOf(repository, reference);
  if (!isTag) repository.manifests.delete(reference);
  for (const deleted of tags) repository.tags.delete(deleted);
  return {
    status: 202,
    events: [
      ...(isTag ? [] : [eventOf('delete', { digest: reference })]),
      ...tags.map((deleted) => eventOf('delete', { tag: deleted })),
    ],
  };
}
