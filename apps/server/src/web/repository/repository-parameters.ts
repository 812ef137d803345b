import { z } from 'zod';
import { nameComponent } from '../../api/repositories.dto';

const parameters = z.object({ namespace: nameComponent.default('library'), name: nameComponent });

/** The repository in the path of a page; without a namespace, an official one. */
export const pageParametersSchema = parameters;

/** A tag in the path of a page. */
export const tagParametersSchema = parameters.extend({ tag: z.string().max(255) });
/** The validated components of a tag's page. */
export type TagParameters = z.infer<typeof tagParametersSchema>;
