import { imageKinds, type Tag, type TagMove } from '@central-index/repositories';
import { z } from 'zod';
import { listOf, pageSchema } from './page.dto';
import { repositoryPathSchema } from './repositories.dto';

const pushedAtSchema = z.iso
  .datetime()
  .nullable()
  .describe('time of the push; null if no registry reported it');
const foundAtSchema = z.iso
  .datetime()
  .nullable()
  .describe('when the tag was seen at its registry, if its push was not reported');

/** A tag, with the properties of its manifest. */
export const tagSchema = z
  .strictObject({
    name: z.string(),
    digest: z.string(),
    media_type: z.string(),
    size: z
      .int()
      .min(0)
      .nullable()
      .describe('bytes of config and layers, compressed; of all platforms for an index'),
    platforms: z.array(
      z.strictObject({
        os: z.string(),
        architecture: z.string(),
        variant: z.string().optional(),
        digest: z.string().nullable(),
        size: z
          .int()
          .min(0)
          .nullable()
          .describe('bytes, compressed; null if the manifest is missing or does not contain it'),
      }),
    ),
    kind: z.enum(imageKinds),
    artifact_type: z.string().nullable(),
    subject: z.string().nullable().describe('digest of the manifest that this one refers to'),
    built_at: z.iso.datetime().nullable().describe('creation time in the image configuration'),
    labels: z
      .record(z.string(), z.string())
      .describe('labels and annotations org.opencontainers.image.*, without that prefix'),
    refers_to: z
      .string()
      .nullable()
      .describe('digest of the manifest that the tag is a statement about; null for a version'),
    pushed_at: pushedAtSchema,
    found_at: foundAtSchema,
    pushed_by: z.string().nullable().describe('name of the account that pushed it, if it is known'),
  })
  .meta({ id: 'Tag' });
/** A tag as the API returns it. */
export type TagDto = z.infer<typeof tagSchema>;

/** A page of tags. */
export const tagsSchema = listOf(tagSchema).meta({ id: 'Tags' });
/** The query of a page of tags: versions, or all tags of a kind. */
export const tagsPageSchema = pageSchema('tags', 'text').extend({
  kind: z
    .enum(imageKinds)
    .optional()
    .describe('tags of this kind, including signatures and other statements about images'),
});
/** The validated query of a page of tags. */
export type TagsPageDto = z.infer<typeof tagsPageSchema>;

/** A digest that a tag pointed to. */
export const tagMoveSchema = z
  .strictObject({
    digest: z.string(),
    pushed_at: pushedAtSchema,
    found_at: foundAtSchema,
    pushed_by: z.string().nullable().describe('name of the account that pushed it, if it is known'),
  })
  .meta({ id: 'TagMove' });
/** A digest of a tag's history as the API returns it. */
export type TagMoveDto = z.infer<typeof tagMoveSchema>;

/** A page of a tag's history. */
export const tagHistorySchema = listOf(tagMoveSchema).meta({ id: 'TagHistory' });
/** The query of a page of a tag's history. */
export const tagHistoryPageSchema = pageSchema('tag-history', 'text');

/** A tag in a path. An invalid tag is not found. */
export const tagPathSchema = z.strictObject({
  ...repositoryPathSchema.shape,
  tag: z.string().max(255),
});
/** The validated components of a path. */
export type TagPathDto = z.infer<typeof tagPathSchema>;

/** Converts a tag to the format of the API. */
export function toTag(tag: Tag): TagDto {
  return {
    name: tag.name,
    digest: tag.digest,
    media_type: tag.mediaType,
    size: tag.size,
    platforms: tag.platforms.map(({ os, architecture, variant, digest, size }) => ({
      os,
      architecture,
      variant,
      digest: digest ?? null,
      size: size ?? null,
    })),
    kind: tag.kind,
    artifact_type: tag.artifactType,
    subject: tag.subject,
    built_at: tag.builtAt?.toISOString() ?? null,
    labels: tag.labels,
    refers_to: tag.refersTo,
    pushed_at: tag.pushedAt?.toISOString() ?? null,
    found_at: tag.foundAt?.toISOString() ?? null,
    pushed_by: tag.pushedBy,
  };
}

/** Converts an entry of a tag's history to the format of the API. */
export function toTagMove({ digest, pushedAt, foundAt, pushedBy }: TagMove): TagMoveDto {
  return {
    digest,
    pushed_at: pushedAt?.toISOString() ?? null,
    found_at: foundAt?.toISOString() ?? null,
    pushed_by: pushedBy,
  };
}
