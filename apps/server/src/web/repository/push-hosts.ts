import type { Registry } from '@central-index/registries';

/** The hosts that clients type for the registries. Docker of today does not reach one of the v1 protocol. */
export const pushHosts = (registries: readonly Registry[]): string[] =>
  registries.filter(({ kind }) => kind !== 'v1').map(({ host }) => host);
