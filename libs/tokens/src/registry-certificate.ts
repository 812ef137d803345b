import type { Registry } from '@central-index/registries';
import type { SigningKeysService } from './signing-keys.service';

/** The certificate that verifies the tokens of a registry; undefined for one that verifies none. */
export async function certificateFor(
  keys: SigningKeysService,
  registry: Registry,
): Promise<string | undefined> {
  if (registry.kind === 'v1') return undefined;
  if (registry.kind !== 'zot') return keys.authorityPem();
  return keys.certificatePem(`zot:${registry.id}`, registry.tokenAlgorithm);
}
