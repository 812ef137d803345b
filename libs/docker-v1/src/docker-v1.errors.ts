import { defineError } from '@central-index/platform/errors';

/** Most images in one list. */
export const maxImagesPerList = 10_000;

/** Most images of one repository. */
export const maxImagesPerRepository = 100_000;

/** 413 for a list, or a repository, with more images than the index keeps. */
export const tooManyImages = defineError({
  code: 'TOO_MANY_IMAGES',
  status: 413,
  description: 'The image list of the v1 protocol, or the repository with it, has too many images.',
  message: (max: number) => `the index keeps at most ${max} images here`,
});

/** 403 where a client of the v1 protocol meets a repository that no v1 registry stores. */
export const notOnV1Registry = defineError({
  code: 'NOT_ON_V1_REGISTRY',
  status: 403,
  description: 'The repository is stored where clients of the v1 protocol cannot reach it.',
  message: (what: string) => what,
});
