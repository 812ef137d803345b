import type { ManifestRequest } from '@central-index/repositories';

/**
 * What one reported event hints at. `path` is the spelling at the registry. A `delete` with neither tag nor digest is
 * of the whole repository. `nothing` concerns no index: blobs, mounts, HEAD by digest, the index's own reads.
 */
export type RegistryEvent =
  | {
      readonly kind: 'push';
      readonly path: string;
      /** The index did it, as it copies what is moved. */
      readonly own?: true;
      readonly tag?: string;
      readonly digest?: string;
      readonly actor?: string;
      readonly at?: Date;
    }
  | {
      readonly kind: 'delete';
      readonly path: string;
      readonly own?: true;
      readonly tag?: string;
      readonly digest?: string;
    }
  | ({ readonly kind: 'pull'; readonly path: string } & ManifestRequest)
  | { readonly kind: 'nothing' }
  | { readonly kind: 'unreadable'; readonly reason: string };
