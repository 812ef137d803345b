import { preparedSql } from '@central-index/platform/database';
import type { RepositoryEntity } from './repository.entity';

/**
 * For how long a push grant counts for further pushes, so that a push usually reads its grant and writes nothing. The
 * actor of an event is trusted for a day after `granted_at`: what is left of it covers the latest token and late events.
 */
export const grantReuse = "interval '12 hours'";

// The longest lifetime of a token, for grants that state no end.
const maxLifetime = "interval '1 hour'";

/** SQL: the end of the tokens given by a row of `push_grant`, or by the alias `grant`. */
const endOf = (grant: string): string =>
  `coalesce(${grant}.expires_at, ${grant}.granted_at + ${maxLifetime})`;

/** SQL: seconds until the tokens of the joined row of `push_grant` end, negative when they have; null without a row. */
export const grantSecondsSql = `extract(epoch from ${endOf('push_grant')} - clock_timestamp())::float8`;

/** SQL condition: the joined row of `push_grant` need not be written again today. */
export const isGrantRecentSql = `push_grant.granted_at > now() - ${grantReuse}`;

/**
 * SQL condition: pushes to the row of `repository` may have been granted after the time `since`, although `granted_at`
 * is not written with each of them. Older versions, which stated no end, wrote it every time.
 */
export const isGrantedSinceSql = (since: string): string => `exists (
  select from push_grant where push_grant.repository_id = repository.id
     and granted_at > ${since} - case when expires_at is null then interval '0' else ${grantReuse} + ${maxLifetime} end)`;

/** SQL condition: the row of `repository` is placed, and no image of it was ever seen. */
export const isPlacedWithoutImagesSql = `(
  repository.registry_id is not null and repository.state <> 'deleted' and repository.pushed_at is null
    and not exists (select from manifest where manifest.repository_id = repository.id))`;

/**
 * SQL: seconds until the last token for a push to the row of `repository` ends; 0 or less when none is valid. Null without
 * a grant: a job releases what was placed without one.
 */
export const heldSecondsSql = `(
  select max(extract(epoch from ${endOf('held')} - clock_timestamp()))::float8
    from push_grant held where held.repository_id = repository.id)`;

/**
 * Records when a token for a push ends; affects no row if the repository is not placed on that
 * registry any more. The share lock makes the statements wait that place it elsewhere. Where tokens are given again and
 * again, the stored end is up to 15 seconds later than the token's, so that it is written less and less often. $1:
 * repository; $2: registry; $3: account; $4: lifetime of the token in seconds.
 */
export const recordPushGrant = preparedSql<Pick<RepositoryEntity, 'id'>>(
  `with placed as (
     select id from repository where id = $1 and registry_id = $2 and state <> 'deleted' for share
   ), recorded as (
     insert into push_grant (repository_id, account_id, expires_at)
     select id, $3, clock_timestamp() + make_interval(secs => $4) from placed
     on conflict (repository_id, account_id) do update set
       granted_at = case when ${isGrantRecentSql} then push_grant.granted_at else now() end,
       expires_at = excluded.expires_at + case when push_grant.expires_at > clock_timestamp()
         then least((now() - push_grant.granted_at) / 4, interval '15 seconds') else interval '0' end
       where not ${isGrantRecentSql} or ${endOf('push_grant')} < excluded.expires_at
   ) select id from placed`,
);
