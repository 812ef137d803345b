import type { Fact } from '@central-index/platform/jobs';

/** A registry has reported something that waits to be applied. */
export function registryReported(registryId: string): Fact {
  return { type: 'registry.reported', ids: { registryId } };
}
