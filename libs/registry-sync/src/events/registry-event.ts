import type { ManifestRequest } from '@central-index/repositories';

/**
 * A parsed event. `path` is the spelling at the registry. A `delete` with neither tag nor digest is that of the whole
 * repository. `ignored` has no effect on the index: blobs, mounts, HEAD by digest, the index's own reads.
 */
export type RegistryEvent =
  | {
      readonly kind: 'push';
      readonly path: string;
      /** Set when the index itself pushed, to copy a repository that is moved. */
      readonly own?: true;
      readonly tag?: string;
      readonly digest?: string;
      /** The account's name, as the registry states it. */
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
  | { readonly kind: 'ignored' }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** The event cannot be read. `reason` is stored with the parked event. */
export const unreadable = (reason: string): RegistryEvent => ({ kind: 'unreadable', reason });
