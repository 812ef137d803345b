import type { Actor } from '@central-index/audit';

/** The actor of commands in the audit log. The index does not know which user of the host runs a command. */
export const operator: Actor = { name: ':cli' };
