import { content, type Content } from './images';
import { zotEvent, type RegistryEventBody } from './registry-event-bodies';
import {
  isTagReference,
  tagsOf,
  type ManifestCall,
  type ManifestOutcome,
  type StoredRepositories,
  type StoredRepository,
} from './stored-repository';

/**
 * How zot handles a request for a manifest (docs/decisions/0018-zot.md): it reports no reads, and only what changes
 * something; it keeps a manifest that an index lists; and it knows a missing repository from a missing manifest.
 */
export function handleAsZot(repositories: StoredRepositories, call: ManifestCall): ManifestOutcome {
  const { method, path, reference } = call;
  const eventOf = (type: string, manifest: Content): RegistryEventBody => {
    const { digest, mediaType, body } = manifest;
    const sent = type === 'image.updated' ? { manifest: body.toString() } : {};
    return zotEvent(type, { name: path, reference, digest, mediaType, ...sent }, call);
  };
  if (method === 'PUT') {
    const manifest = content(call.mediaType, call.body);
    const isCreated = repositories.find(path) === undefined;
    const repository = repositories.at(path);
    const isChanged = isTagReference(reference)
      ? repository.tags.get(reference) !== manifest.digest
      : !repository.manifests.has(manifest.digest);
    repository.manifests.set(manifest.digest, manifest);
    if (isTagReference(reference)) repository.tags.set(reference, manifest.digest);
    return {
      status: 201,
      manifest,
      events: [
        ...(isCreated ? [zotEvent('repository.created', { name: path }, call)] : []),
        ...(isChanged ? [eventOf('image.updated', manifest)] : []),
      ],
    };
  }
  const repository = repositories.find(path);
  if (repository === undefined) {
    return { status: method === 'DELETE' ? 400 : 404, code: 'NAME_UNKNOWN', events: [] };
  }
  const manifest = repository.manifests.get(repository.tags.get(reference) ?? reference);
  if (manifest === undefined) return { status: 404, code: 'MANIFEST_UNKNOWN', events: [] };
  if (method !== 'DELETE') return { status: 200, manifest, events: [] };
  if (isTagReference(reference)) {
    repository.tags.delete(reference);
  } else {
    if (isListed(repository, reference)) return { status: 405, code: 'DENIED', events: [] };
    for (const tag of tagsOf(repository, reference)) repository.tags.delete(tag);
    repository.manifests.delete(reference);
  }
  return { status: 202, events: [eventOf('image.deleted', manifest)] };
}

function isListed(repository: StoredRepository, digest: string): boolean {
  return [...repository.manifests.values()].some(({ body }) => {
    const { manifests = [] } = JSON.parse(body.toString()) as { manifests?: { digest: string }[] };
    return manifests.some((entry) => entry.digest === digest);
  });
}
