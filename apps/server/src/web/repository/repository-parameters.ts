import { z } from 'zod';
import { nameComponent } from '../../api/repositories.dto';
import { tagsPageSchema } from '../../api/tags.dto';

const parameters = z.object({ namespace: nameComponent.default('library'), name: nameComponent });

/** The repository in the path of a page; without a namespace, an official one. */
export const pageParametersSchema = parameters;

/** A tag in the path of a page. */
export const tagParametersSchema = parameters.extend({ tag: z.string().max(255) });
/** What happened to a tag that was deleted: when, and to what refers to its image. */
export const deletionOutcomes = ['alone', 'with-referrers', 'referrers-stay', 'later'] as const;
/** One of `deletionOutcomes`. */
export type DeletionOutcome = (typeof deletionOutcomes)[number];

/** The query of the list of tags: a page of it, and what it says about a deletion. */
export const tagListSchema = tagsPageSchema.extend({
  deleted: z.string().max(128).optional().catch(undefined),
  outcome: z.enum(deletionOutcomes).optional().catch(undefined),
});
/** The validated query of the list of tags. */
export type TagListQuery = z.infer<typeof tagListSchema>;

/** The query of a tag's page: the platform whose image is described, such as `linux/arm64`. */
export const tagQuerySchema = z.object({
  platform: z
    .string()
    .max(200)
    .regex(/^[A-Za-z0-9._+-]+(?:\/[A-Za-z0-9._+-]+){1,2}$/)
    .optional()
    .catch(undefined),
});
/** The validated query of a tag's page. */
export type TagQuery = z.infer<typeof tagQuerySchema>;

/** The validated components of a tag's page. */
export type TagParameters = z.infer<typeof tagParametersSchema>;
