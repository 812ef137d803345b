import { sql } from '@central-index/platform/database';

/** The repository that has a name of a registry's catalog. */
export interface NamedRepository {
  readonly id: string;
  /** Its canonical path. */
  readonly path: string;
  readonly state: string;
  readonly registryId: string | null;
  readonly registryPath: string | null;
  /** True when the index has a manifest of it. */
  readonly filled: boolean;
}

const columns = `id, path, state, registry_id as "registryId", registry_path as "registryPath",
          exists (select from manifest where repository_id = repository.id) as filled`;

/** $1: canonical paths. */
export const selectNamedRepositories = sql<NamedRepository>(
  `select ${columns} from repository where path = any($1)`,
);

/** Locks the repository. $1: canonical path. */
export const lockNamedRepository = sql<NamedRepository>(
  `select ${columns} from repository where path = $1 for no key update`,
);
