import { defineError } from '@central-index/platform/errors';

/**
 * 404: the index stores no images. `place` is where the repository is, a registry's host and the path there; undefined for
 * one that is absent, that the caller may not see, or that has no images, which look the same. Clients print the message.
 */
export const nameUnknown = defineError({
  code: 'NAME_UNKNOWN',
  status: 404,
  description:
    'The index stores no images. The message says on which registry the repository is, if the caller may see it.',
  message: (place: string | undefined) =>
    place === undefined
      ? 'the index knows no such repository; a private one is seen after a login only'
      : `it lies at ${place}`,
});
