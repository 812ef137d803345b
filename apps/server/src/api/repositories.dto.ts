import {
  descriptionLength,
  isDescription,
  isReadme,
  readmeLength,
  type Repository,
} from '@central-index/repositories';
import { z } from 'zod';
import { listOf, pageSchema } from './page.dto';

const texts = {
  description: z
    .string()
    .refine(isDescription, { message: `must be one line of at most ${descriptionLength} characters` })
    .optional(),
  readme: z
    .string()
    .refine(isReadme, { message: `must be text of at most ${readmeLength} characters` })
    .optional()
    .describe('Markdown'),
  visibility: z.enum(['public', 'private']).optional(),
};

/** A new repository; its first image comes by a push. */
export const newRepositorySchema = z
  .strictObject({ name: z.string().min(1).max(255), ...texts })
  .meta({ id: 'NewRepository' });
export type NewRepositoryDto = z.infer<typeof newRepositorySchema>;

/** Changes to a repository. */
export const repositoryChangesSchema = z
  .strictObject(texts)
  .refine((changes) => Object.values(changes).some((value) => value !== undefined), {
    message: 'give description, readme or visibility',
  })
  .meta({ id: 'RepositoryChanges' });
export type RepositoryChangesDto = z.infer<typeof repositoryChangesSchema>;

/** A repository as the API shows it. */
export const repositorySchema = z
  .strictObject({
    namespace: z.string().describe('`library` for official repositories'),
    name: z.string(),
    full_name: z.string().describe('what people type: `alice/app`, or `centos` for `library/centos`'),
    description: z.string(),
    readme: z.string(),
    visibility: z.enum(['public', 'private']),
    official: z.boolean(),
    automated: z.boolean(),
    registry: z.string().nullable().describe('name of the registry that holds its images'),
    pull_command: z
      .string()
      .nullable()
      .describe('what people type to pull it: `latest`, or the newest tag where there is none'),
    tags: z.int().describe('number of tags'),
    stars: z.int(),
    pulls: z.int(),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
    pushed_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Repository' });
export type RepositoryDto = z.infer<typeof repositorySchema>;

/** A page of repositories. */
export const repositoriesSchema = listOf(repositorySchema).meta({ id: 'Repositories' });
export const repositoriesPageSchema = pageSchema('repositories', 'text');

/** The namespace in a path. */
export const namespacePathSchema = z.strictObject({ namespace: z.string().max(255) });
export type NamespacePathDto = z.infer<typeof namespacePathSchema>;

/** A repository in a path, as two components; what is no name at all is not found. */
export const repositoryPathSchema = z.strictObject({
  namespace: z.string().max(255),
  name: z.string().max(255),
});
export type RepositoryPathDto = z.infer<typeof repositoryPathSchema>;

/** The path of a repository; a slash inside a component makes it no name. */
export const toPath = ({ namespace, name }: RepositoryPathDto): string => `${namespace}/${name}`;

/** Writes a repository as the API shows it. */
export function toRepository(repository: Repository): RepositoryDto {
  return {
    namespace: repository.namespace,
    name: repository.name,
    full_name: repository.fullName,
    description: repository.description,
    readme: repository.readme,
    visibility: repository.visibility,
    official: repository.official,
    automated: repository.automated,
    registry: repository.registry,
    pull_command: repository.pullCommand,
    tags: repository.tags,
    stars: repository.stars,
    pulls: repository.pulls,
    created_at: repository.createdAt.toISOString(),
    updated_at: repository.updatedAt.toISOString(),
    pushed_at: repository.pushedAt?.toISOString() ?? null,
  };
}
