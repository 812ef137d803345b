import { sql } from '@central-index/platform/database';

/** No row when the path exists. $1: namespace; $2: canonical path; $3: name; $4: visibility; $5: registry; $6: its path. */
export const insertAdopted = sql<{ readonly id: string }>(
  `insert into repository (namespace_id, path, name, state, visibility, registry_id, registry_path)
   values ($1, $2, $3, 'pending', $4, $5, $6) on conflict (path) do nothing returning id`,
);

/** $1: repository; $2: registry; $3: its path there. */
export const placeOrphan = sql('update repository set registry_id = $2, registry_path = $3 where id = $1');
