import type { Registry } from '@central-index/registries';

/** A command as an administrator types it. */
export const command = (line: string): string => `\`central-index ${line}\``;

/** How to repair what the configuration of a registry says of the index. */
export function renewFragment({ name, kind }: Registry): string {
  const file = `${name}.part.${kind === 'zot' ? 'json' : 'yml'}`;
  const run = command(`registry fragment ${name} --config ${file}`);
  return `run ${run}, put the file into its configuration in place of the former fragment, and restart it`;
}

/** How to make the index equal to a registry; a tag is deleted when two reconciles have missed it. */
export function reconcile(
  { name }: Registry,
  { missing, limit }: { missing: number; limit?: number },
): string {
  const run = command(`registry reconcile ${name}${limit === undefined ? '' : ` --limit ${limit}`}`);
  return missing > 0 ? `run ${run} twice: a tag is deleted when it is missing twice` : `run ${run}`;
}
