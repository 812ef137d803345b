import { defineError } from '@central-index/platform/errors';

/** Another process holds the lock for longer than the caller waits. */
export const lockBusy = defineError({
  code: 'DATA_DIR_BUSY',
  status: 500,
  description: 'Another process is opening or closing the embedded database and does not finish.',
  message: (path: string, holder: string) =>
    `${path} is locked by process ${holder}, which does not release it`,
});
