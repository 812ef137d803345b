import type { ImageKind } from './image-kind';

/** A version of a repository that can be pulled. */
export interface PullTarget {
  readonly tag: string;
  readonly kind: ImageKind;
}

/**
 * The command that pulls a version, by the client that its kind needs; null for a statement about another manifest.
 * `reference` is the registry's host and the path. Clients of images get no `:latest`, which they add themselves.
 */
export function pullCommand(reference: string, { tag, kind }: PullTarget): string | null {
  const withoutLatest = tag === 'latest' ? reference : `${reference}:${tag}`;
  switch (kind) {
    case 'image':
    case 'index':
      return `docker pull ${withoutLatest}`;
    case 'plugin':
      return `docker plugin install ${withoutLatest}`;
    case 'helm-chart':
      // Helm replaces the `+` of a version by `_` in tags, and back.
      return `helm pull oci://${reference} --version ${tag.replaceAll('_', '+')}`;
    case 'artifact':
      return `oras pull ${reference}:${tag}`;
    default:
      return null;
  }
}
