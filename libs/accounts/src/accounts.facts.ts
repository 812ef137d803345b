import { defineFact } from '@central-index/platform/jobs';

/** An account was deleted: its row only keeps the name, and what others may see of it must go. */
export const accountDeleted = defineFact<{ accountId: string }>('account.deleted');
