import type { DeletionOutcome } from '@central-index/registries';

/** Why a registry kept a manifest. */
export type KeptReason = Exclude<DeletionOutcome, 'deleted'>;

/** Manifests that a registry kept, by digest. */
export type KeptManifests = ReadonlyMap<string, KeptReason>;

/**
 * Deletes manifests in an order in which the registry does: some keep a manifest as long as an index lists it, so what was
 * kept for that reason is tried again until nothing more goes. Returns what is left; undefined as soon as `deleteOne`
 * returns `changed`, after which nothing more may be deleted.
 */
export async function deleteInOrder(
  digests: Iterable<string>,
  deleteOne: (digest: string) => Promise<DeletionOutcome | 'changed'>,
): Promise<KeptManifests | undefined> {
  const kept = new Map<string, KeptReason>();
  let remaining = [...digests];
  for (let before = Infinity; remaining.length > 0 && remaining.length < before;) {
    before = remaining.length;
    const referenced: string[] = [];
    for (const digest of remaining) {
      const outcome = await deleteOne(digest);
      if (outcome === 'changed') return undefined;
      if (outcome === 'referenced') referenced.push(digest);
      else if (outcome !== 'deleted') kept.set(digest, outcome);
    }
    remaining = referenced;
  }
  for (const digest of remaining) kept.set(digest, 'referenced');
  return kept;
}
