import type { Tag } from '@central-index/repositories';
import { z } from 'zod';
import { listOf, pageSchema } from './page.dto';

/** A tag as the API shows it. */
export const tagSchema = z
  .strictObject({
    name: z.string(),
    digest: z.string(),
    media_type: z.string(),
    size: z.int().nullable().describe('bytes of config and layers, of all platforms for an index'),
    platforms: z.array(
      z.strictObject({ os: z.string(), architecture: z.string(), variant: z.string().optional() }),
    ),
    pushed_at: z.iso.datetime(),
    pushed_by: z.string().nullable().describe('name of the account that pushed it, if it is known'),
  })
  .meta({ id: 'Tag' });
export type TagDto = z.infer<typeof tagSchema>;

/** A page of tags. */
export const tagsSchema = listOf(tagSchema).meta({ id: 'Tags' });
export const tagsPageSchema = pageSchema('tags', 'text');

/** A tag in a path; what is no tag at all is not found. */
export const tagPathSchema = z.strictObject({
  namespace: z.string().max(255),
  name: z.string().max(255),
  tag: z.string().max(255),
});
export type TagPathDto = z.infer<typeof tagPathSchema>;

/** Writes a tag as the API shows it. */
export function toTag(tag: Tag): TagDto {
  return {
    name: tag.name,
    digest: tag.digest,
    media_type: tag.mediaType,
    size: tag.size,
    platforms: tag.platforms.map(({ os, architecture, variant }) => ({ os, architecture, variant })),
    pushed_at: tag.pushedAt.toISOString(),
    pushed_by: tag.pushedBy,
  };
}
