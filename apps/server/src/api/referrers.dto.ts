import type { Referrer } from '@central-index/registry-sync';
import { imageKinds } from '@central-index/repositories';
import { z } from 'zod';
import { listOf, pageSchema, toPage, type PageDto } from './page.dto';

const referrerSchema = z
  .strictObject({
    digest: z.string(),
    media_type: z.string(),
    artifact_type: z.string().nullable(),
    kind: z.enum(imageKinds),
    tag: z.string().nullable().describe('its tag, if cosign or a person gave it one'),
  })
  .meta({ id: 'Referrer' });

const list = 'referrers';

/** The query of the list: the registry returns all referrers together, of which each page is a part. */
export const referrersPageSchema = pageSchema(list, 'text');

/** What refers to an image, by digest. */
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

/** One page of all referrers of an image, in the order of digests, which does not change when one is added. */
export function toReferrersPage(
  referrers: readonly Referrer[],
  { per_page: perPage, cursor = '' }: PageDto,
): ReferrersDto {
  const rows = referrers
    .filter(({ digest }) => digest > cursor)
    .sort((a, b) => (a.digest < b.digest ? -1 : 1));
  return toPage(list, rows, perPage, ({ digest }) => digest, toReferrer);
}
