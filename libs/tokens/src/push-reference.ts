import type { Registry } from '@central-index/registries';

/** What a client pushes to have a name on a registry: clients of the v1 protocol push to the index, which names the registry. */
export function pushReference(registry: Registry | undefined, name: string, publicUrl: string): string {
  if (registry?.kind !== 'v1') return `${registry?.host}/${name}`;
  return `${new URL(publicUrl).host}/${name}, with Docker 1.10 or older`;
}
