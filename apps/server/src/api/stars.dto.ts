import type { Stargazer, StarredRepository } from '@central-index/repositories';
import { z } from 'zod';
import { listOf, pageSchema } from './page.dto';
import { repositorySummarySchema, toRepositorySummary } from './repositories.dto';

const starredAt = z.iso.datetime().describe('when the star was given');
const stargazerSchema = z
  .strictObject({ username: z.string(), starred_at: starredAt })
  .meta({ id: 'Stargazer' });
const starredRepositorySchema = repositorySummarySchema
  .extend({ starred_at: starredAt })
  .meta({ id: 'StarredRepository' });

/** An account that starred a repository, as the API returns it. */
export type StargazerDto = z.infer<typeof stargazerSchema>;
/** A page of the accounts that starred a repository. */
export const stargazersSchema = listOf(stargazerSchema).meta({ id: 'Stargazers' });
/** The query of a page of stargazers. */
export const stargazersPageSchema = pageSchema('stargazers', 'text');

/** A repository that the caller starred, as the API returns it. */
export type StarredDto = z.infer<typeof starredRepositorySchema>;
/** A page of the repositories that the caller starred. */
export const starredSchema = listOf(starredRepositorySchema).meta({ id: 'StarredRepositories' });
/** The query of a page of starred repositories. */
export const starredPageSchema = pageSchema('starred', 'text');

/** Converts a stargazer to the format of the API. */
export function toStargazer(stargazer: Stargazer): StargazerDto {
  return { username: stargazer.username, starred_at: stargazer.starredAt.toISOString() };
}

/** Converts a starred repository to the format of the API. */
export function toStarred(repository: StarredRepository): StarredDto {
  return { ...toRepositorySummary(repository), starred_at: repository.starredAt.toISOString() };
}
