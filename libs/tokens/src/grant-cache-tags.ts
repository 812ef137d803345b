import { parseRepositoryName } from '@central-index/naming';
import { requestedPaths } from './scope-evaluation';
import type { Grant } from './grant';
import type { RequestedAccess } from './scope';

/** The changes after which the same request might be granted something else, as the database's triggers name them. */
export function cacheTagsOf(requested: readonly RequestedAccess[], { registry }: Grant): string[] {
  const paths = requestedPaths(requested);
  return [
    registry?.kind === 'zot' ? `signing-key:zot:${registry.id}` : 'signing-key:shared',
    ...(registry === undefined ? [] : [`registry:${registry.id}`]),
    ...paths.flatMap((path) => [
      `repository:${path}`,
      `namespace:${parseRepositoryName(path)?.namespace ?? ''}`,
    ]),
  ];
}
