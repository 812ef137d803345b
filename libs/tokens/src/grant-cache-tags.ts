import { parseRepositoryName } from '@central-index/naming';
import { requestedPath } from './scope-evaluation';
import type { Grant } from './grant';
import type { RequestedAccess } from './scope';

/** The changes, as the database tells them, after which the same caller might be granted something else. */
export function cacheTagsOf(asked: readonly RequestedAccess[], { registry }: Grant): string[] {
  const paths = asked.flatMap((one) => requestedPath(one) ?? []);
  return [
    registry?.kind === 'zot' ? `signing-key:zot:${registry.id}` : 'signing-key:shared',
    ...(registry === undefined ? [] : [`registry:${registry.id}`]),
    ...paths.flatMap((path) => [
      `repository:${path}`,
      `namespace:${parseRepositoryName(path)?.namespace ?? ''}`,
    ]),
  ];
}
