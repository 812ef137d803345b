import type { Fact } from '@central-index/platform/jobs';

/** A registry has reported something that waits to be applied. */
export function registryReported(registryId: string): Fact {
  return { type: 'registry.reported', ids: { registryId } };
}

/** A registry has reported more than could be taken in; what it holds must be read again. */
export function registryOverflowed(registryId: string): Fact {
  return { type: 'registry.overflowed', ids: { registryId } };
}
