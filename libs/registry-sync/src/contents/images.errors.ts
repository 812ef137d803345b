import { defineError } from '@central-index/platform/errors';

/** A manifest or configuration at a registry says something that cannot be read or believed. */
export const imageUnreadable = defineError({
  code: 'IMAGE_UNREADABLE',
  status: 502,
  description: 'A manifest at a registry is not what the image specification says it must be.',
  message: (why: string) => `the manifest cannot be read: ${why}`,
});
