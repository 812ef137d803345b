import { descriptionRule, isDescription } from '@central-index/repositories';
import { z } from 'zod';
import { optionalBody } from '../api/openapi/schemas';

/** The name of an official repository in a path, without `library/`. */
export const officialPathSchema = z.strictObject({ name: z.string().max(255) });
/** The validated name of an official repository in a path. */
export type OfficialPathDto = z.infer<typeof officialPathSchema>;

/** What is stated about an official repository. */
export const officialSchema = z
  .strictObject({ description: z.string().refine(isDescription, { message: descriptionRule }).optional() })
  .optional()
  .meta({ id: 'OfficialRepositoryRequest', ...optionalBody });
