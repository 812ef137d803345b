import { isMemberSql } from '@central-index/namespaces';
import { preparedSql, sql } from '@central-index/platform/database';
import type { V1Image } from './image-list';

/** A repository on a v1 registry, its images, and the account of a token; both are null if they do not exist. */
export interface TokenStateRow {
  readonly repositoryId: string | null;
  readonly registryId: string | null;
  /** The images in the order of their ids. */
  readonly images: readonly V1Image[];
  readonly accountId: string | null;
  readonly name: string | null;
  readonly administrator: boolean | null;
  readonly disabled: boolean | null;
  readonly createdAt: Date | null;
  readonly passwordChangedAt: Date | null;
  /** Of the access token that the token was requested with; null if that one is revoked or has expired. */
  readonly permissions: string[] | null;
  readonly patterns: string[] | null;
}

const imagesSql = (repositoryId: string): string => `
  (select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('id', image_id, 'checksum', checksum))
                             order by image_id), '[]')
     from v1_image where repository_id = ${repositoryId})`;

/**
 * What the answer to a v1 registry depends on, beside the facts of the decision. Only repositories that are placed on a v1
 * registry are found. $1: path; $2: account name; $3: access token, or null.
 */
export const selectTokenState = preparedSql<TokenStateRow>(`
  select repository.id as "repositoryId", repository.registry_id as "registryId",
         ${imagesSql('repository.id')} as images,
         account.id as "accountId", account.name, account.is_administrator as administrator,
         account.disabled_at is not null as disabled, account.created_at as "createdAt",
         account.password_changed_at as "passwordChangedAt",
         access_token.permissions, access_token.repositories as patterns
    from (select $1::text as path) as wanted
    left join (repository join registry on registry.id = repository.registry_id and registry.kind = 'v1')
           on repository.path = wanted.path
    left join account on account.name = $2
    left join access_token on access_token.id = $3::bigint and access_token.account_id = account.id
          and revoked_at is null and (expires_at is null or expires_at > now())`);

/** $1: repository. */
export const selectImages = preparedSql<{ readonly images: readonly V1Image[] }>(
  `select ${imagesSql('$1')} as images`,
);

/**
 * Adds images and checksums to a repository that is placed on the registry; affects the rows that are new or that change.
 * Nothing is taken away: a push lists the images of some tags only. $1: repository; $2: registry; $3: images as JSON.
 */
export const upsertImages = preparedSql(`
  insert into v1_image as held (repository_id, image_id, checksum)
  select repository.id, listed.id, listed.checksum
    from repository, jsonb_to_recordset($3::jsonb) as listed(id text, checksum text)
   where repository.id = $1 and registry_id = $2 and state <> 'deleted'
  on conflict (repository_id, image_id) do update set checksum = excluded.checksum
     where excluded.checksum is not null and held.checksum is distinct from excluded.checksum`);

/** How many of the images are new to a repository, or have a new checksum. $1: repository; $2: images as JSON. */
export const countNewImages = preparedSql<{ readonly count: number }>(`
  select count(*)::int as count
    from jsonb_to_recordset($2::jsonb) as listed(id text, checksum text)
    left join v1_image held on held.repository_id = $1 and held.image_id = listed.id
   where held.image_id is null or (listed.checksum is not null and held.checksum is distinct from listed.checksum)`);

/** $1: repository. */
export const countImages = sql<{ readonly count: number }>(
  'select count(*)::int as count from v1_image where repository_id = $1',
);

/** Deletes what a former repository of the name had. $1: repository. */
export const deleteImages = sql('delete from v1_image where repository_id = $1');

/**
 * Paths of repositories that have an image and that the account may be able to pull, the public ones first; the decision
 * is made for each. $1: image; $2: account, or null; $3: number of paths to skip; $4: limit.
 */
export const selectHolders = sql<{ readonly path: string }>(
  `select repository.path
     from v1_image
     join repository on repository.id = v1_image.repository_id
     join namespace on namespace.id = repository.namespace_id
    where image_id = $1 and repository.state in ('pending', 'active', 'hidden')
      and (repository.visibility = 'public' or ${isMemberSql('$2')})
    order by repository.visibility = 'public' desc, repository.state = 'active' desc, repository.id
   offset $3 limit $4`,
);

/** The earliest of the v1 registries: new names are placed on it unless a rule says otherwise. */
export const selectDefaultRegistry = sql<{ readonly id: string }>(
  `select id from registry where kind = 'v1' order by id limit 1`,
);

/** The tags of a repository. $1: repository. */
export const selectTagLayers = sql<{ readonly name: string; readonly digest: string }>(
  'select name, digest from tag where repository_id = $1 and refers_to is null order by name',
);
