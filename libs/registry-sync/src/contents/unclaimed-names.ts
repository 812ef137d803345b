import { parseRepositoryName, type RepositoryName } from '@central-index/naming';
import { Database } from '@central-index/platform/database';
import { forEachLimited, RegistryClient, type Registry } from '@central-index/registries';
import { Injectable } from '@nestjs/common';
import { selectNamedRepositories, type NamedRepository } from './unclaimed-names.queries';

// Names whose tags are requested at the same time.
const nameConcurrency = 6;

/**
 * The names in a registry's catalog that can be adopted: of valid repository names, with tags, that belong to no repository
 * with images. What a move left behind and what was emptied is none of them.
 */
@Injectable()
export class UnclaimedNames {
  constructor(
    private readonly database: Database,
    private readonly client: RegistryClient,
  ) {}

  /** How many names in the catalog can be adopted. Costs a request for each that is not known. Throws REGISTRY_…. */
  async count(registry: Registry): Promise<number> {
    const adoptable = new Set<string>();
    for await (const page of this.client.catalog(registry)) {
      const named = page.map((path) => ({ path, name: parseRepositoryName(path) }));
      const paths = named.flatMap(({ name }) => (name === undefined ? [] : [name.path]));
      const rows = await this.database.query(selectNamedRepositories, [paths]);
      const repositories = new Map(rows.map((row) => [row.path, row]));
      await forEachLimited(nameConcurrency, named, async ({ path, name }) => {
        const repository = name && repositories.get(name.path);
        if (name === undefined || reasonAgainst(registry, path, name, repository) !== undefined) return;
        if (await this.hasTags(registry, path)) adoptable.add(name.path);
      });
    }
    return adoptable.size;
  }

  /** True when the registry lists tags of the name: it may list a repository forever after its last tag was deleted. */
  async hasTags(registry: Registry, path: string): Promise<boolean> {
    return (await this.client.tags(registry, path)).length > 0;
  }
}

/**
 * Why a name with tags cannot be adopted from a registry where it is listed as `path`; undefined when it can.
 * `repository` is the one that has the name now.
 */
export function reasonAgainst(
  registry: Registry,
  path: string,
  name: RepositoryName,
  repository: NamedRepository | undefined,
): string | undefined {
  if (repository === undefined) {
    return name.official ? 'no official repository of this name was added' : undefined;
  }
  const { state, registryId, registryPath, filled } = repository;
  if (state === 'deleted') return 'the repository was deleted';
  if (registryId === null) return undefined;
  if (registryId !== registry.id) return 'the repository is placed on another registry';
  if (registryPath !== path) return `the registry path of the repository is ${registryPath}`;
  return filled ? 'the index has its images already' : undefined;
}
