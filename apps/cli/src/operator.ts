import type { Actor } from '@central-index/audit';

/** Who acts in the audit log when a command does: whoever may run it, which only the host's operator knows. */
export const operator: Actor = { name: ':cli' };
