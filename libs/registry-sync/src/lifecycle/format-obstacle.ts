import type { RepositoryName } from '@central-index/naming';
import type { Registry } from '@central-index/registries';

/**
 * Why the images of a repository cannot be copied from one registry to the other, and what to do instead; undefined if they
 * can. Images of the v1 protocol have no manifests, and layers are opened there by tokens that name one repository.
 */
export function formatObstacle(
  { path, full }: RepositoryName,
  from: Registry | undefined,
  to: Registry,
): string | undefined {
  // Where nothing is to be copied, only the placement changes.
  if (from === undefined || from.id === to.id || (from.kind !== 'v1' && to.kind !== 'v1')) return undefined;
  const old = 'Docker 1.10 or older';
  const reason =
    from.kind === to.kind
      ? 'images of the v1 protocol are not copied between registries'
      : from.kind === 'v1'
        ? `its images on ${from.name} have the format of the v1 protocol, which ${to.name} cannot store`
        : `${to.name} is a registry of the v1 protocol and cannot store its manifests`;
  return [
    `${reason}: pull it ${from.kind === 'v1' ? `with ${old}` : `from ${from.host}`}`,
    ...(from.kind === to.kind ? [] : ['carry it over with `docker save` and `docker load`']),
    'delete the repository here',
    // Clients of the v1 protocol push to the index, which chooses the registry by its rules.
    to.kind === 'v1'
      ? `run \`central-index registry place ${path} ${to.name}\` and push it with ${old}`
      : `push it to ${to.host}/${full}`,
  ].join(', ');
}
