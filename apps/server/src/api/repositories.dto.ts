import {
  descriptionLength,
  descriptionRule,
  imageKinds,
  isDescription,
  isReadme,
  readmeLength,
  readmeRule,
  type Repository,
  type RepositorySummary,
} from '@central-index/repositories';
import { foldCase } from '@central-index/naming';
import { z } from 'zod';
import { listOf, pageSchema } from './page.dto';

const texts = {
  description: z
    .string()
    .refine(isDescription, { message: descriptionRule })
    .meta({ maxLength: descriptionLength })
    .optional(),
  readme: z
    .string()
    .refine(isReadme, { message: readmeRule })
    .meta({ maxLength: readmeLength, description: 'Markdown' })
    .optional(),
  visibility: z.enum(['public', 'private']).optional(),
};

/** A new repository, without images until the first push. */
export const newRepositorySchema = z
  .strictObject({ name: z.string().min(1).max(255), ...texts })
  .meta({ id: 'NewRepository' });
/** A validated new repository. */
export type NewRepositoryDto = z.infer<typeof newRepositorySchema>;

/** Changes to a repository. */
export const repositoryChangesSchema = z
  .strictObject(texts)
  .refine((changes) => Object.values(changes).some((value) => value !== undefined), {
    message: 'give description, readme or visibility',
  })
  .meta({ id: 'RepositoryChanges' });
/** Validated changes to a repository. */
export type RepositoryChangesDto = z.infer<typeof repositoryChangesSchema>;

/** A repository as lists show it, without its README. */
export const repositorySummarySchema = z
  .strictObject({
    namespace: z.string().describe('`library` for official repositories'),
    name: z.string(),
    full_name: z.string().describe('`alice/app`, or `centos` for `library/centos`'),
    description: z.string(),
    visibility: z.enum(['public', 'private']),
    official: z.boolean(),
    automated: z.boolean(),
    registry: z
      .string()
      .nullable()
      .describe('name of the registry that stores its images; null before the first push'),
    pull_command: z
      .string()
      .nullable()
      .describe(
        'command that pulls `latest`, or the newest version if there is no `latest`, by the client it needs',
      ),
    kinds: z.array(z.enum(imageKinds)).describe('kinds of what can be pulled'),
    tags: z.int().min(0).describe('number of versions: tags that are no statements about other images'),
    stars: z.int().min(0),
    pulls: z.int().min(0),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
    pushed_at: z.iso.datetime().nullable().describe('time of the latest push that its registry reported'),
    labels: z
      .record(z.string(), z.string())
      .describe(
        'labels and annotations org.opencontainers.image.* of the newest version, without that prefix; ' +
          'source, url and documentation are http or https links',
      ),
  })
  .meta({ id: 'RepositorySummary' });
/** A repository in a list, as the API returns it. */
export type RepositorySummaryDto = z.infer<typeof repositorySummarySchema>;

/** A repository. */
export const repositorySchema = repositorySummarySchema
  .extend({ readme: z.string() })
  .meta({ id: 'Repository' });
/** A repository as the API returns it. */
export type RepositoryDto = z.infer<typeof repositorySchema>;

/** A page of repositories. */
export const repositoriesSchema = listOf(repositorySummarySchema).meta({ id: 'Repositories' });
/** The query of a page of repositories. */
export const repositoriesPageSchema = pageSchema('repositories', 'text');

/** A component of a path, in any case of letters: names have lower case only. */
export const nameComponent = z.string().max(255).overwrite(foldCase);

/** The namespace in a path. */
export const namespacePathSchema = z.strictObject({ namespace: nameComponent });
/** The validated namespace of a path. */
export type NamespacePathDto = z.infer<typeof namespacePathSchema>;

/** A repository in a path, as two components. An invalid name is not found. */
export const repositoryPathSchema = z.strictObject({ namespace: nameComponent, name: nameComponent });
/** The validated components of a path. */
export type RepositoryPathDto = z.infer<typeof repositoryPathSchema>;

/** The path of a repository. With a slash inside a component it is an invalid name. */
export const toPath = ({ namespace, name }: RepositoryPathDto): string => `${namespace}/${name}`;

/** Converts a repository to the format of the API. */
export function toRepository(repository: Repository): RepositoryDto {
  return { ...toRepositorySummary(repository), readme: repository.readme };
}

/** Converts a repository to the format of lists. */
export function toRepositorySummary(repository: RepositorySummary): RepositorySummaryDto {
  return {
    namespace: repository.namespace,
    name: repository.name,
    full_name: repository.fullName,
    description: repository.description,
    visibility: repository.visibility,
    official: repository.official,
    automated: repository.automated,
    registry: repository.registry,
    pull_command: repository.pullCommand,
    kinds: [...repository.kinds],
    tags: repository.tags,
    stars: repository.stars,
    pulls: repository.pulls,
    created_at: repository.createdAt.toISOString(),
    updated_at: repository.updatedAt.toISOString(),
    pushed_at: repository.pushedAt?.toISOString() ?? null,
    labels: repository.labels,
  };
}
