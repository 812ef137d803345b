import { defineError } from '@central-index/platform/errors';

/** 502: a manifest or image configuration at a registry violates its specification. A retry does not help. */
export const imageUnreadable = defineError({
  code: 'IMAGE_UNREADABLE',
  status: 502,
  description: 'A manifest at a registry is not what the image specification says it must be.',
  message: (reason: string) => `the manifest cannot be read: ${reason}`,
});
