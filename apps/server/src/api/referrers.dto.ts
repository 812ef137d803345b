import type { Referrer } from '@central-index/registry-sync';
import { imageKinds } from '@central-index/repositories';
import { z } from 'zod';
import { listOf } from './page.dto';

const referrerSchema = z
  .strictObject({
    digest: z.string(),
    media_type: z.string(),
    artifact_type: z.string().nullable(),
    kind: z.enum(imageKinds),
    tag: z.string().nullable().describe('its tag, if cosign or a person gave it one'),
  })
  .meta({ id: 'Referrer' });

/** What refers to an image: all of it, at most about 1,000, so `next` is always null. */
export const referrersSchema = listOf(referrerSchema).meta({ id: 'Referrers' });
/** A list of referrers as the API returns it. */
export type ReferrersDto = z.infer<typeof referrersSchema>;

/** The query of a deletion. */
export const tagDeletionQuerySchema = z.strictObject({
  referrers: z
    .enum(['true', 'false'])
    .default('false')
    .transform((value) => value === 'true')
    .describe('true to delete signatures, SBOMs and other referrers of the image, too'),
});
/** The validated query of a deletion. */
export type TagDeletionQueryDto = z.infer<typeof tagDeletionQuerySchema>;

/** What refers to the image of a deleted tag. */
export const deletedTagSchema = z
  .strictObject({
    referrers: z.array(referrerSchema),
    referrers_deleted: z.boolean().describe('whether they were deleted, too'),
  })
  .meta({ id: 'DeletedTag' });
/** The response to a deletion as the API returns it. */
export type DeletedTagDto = z.infer<typeof deletedTagSchema>;

/** Converts a referrer to the format of the API. */
export function toReferrer({
  digest,
  mediaType,
  artifactType,
  kind,
  tag,
}: Referrer): z.infer<typeof referrerSchema> {
  return { digest, media_type: mediaType, artifact_type: artifactType, kind, tag };
}
