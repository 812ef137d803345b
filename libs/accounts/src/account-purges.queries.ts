import { sql } from '@central-index/platform/database';

/**
 * Statements that delete the rows which no longer have an effect, by table, at most $1 of each.
 *
 * - access tokens: for 90 days after their expiry their owner sees them, and clients are refused with that reason
 * - responses to forms: for an hour, in which a repeated submission gets them
 * - invitations: for 30 days after their expiry, used or not
 * - wrong passwords: of accounts they stay, because they lock them; of other names for 30 days
 * - sign-in addresses: 30 days after the last sign-in, when they no longer open a locked account
 * - links that set a password: when they have expired
 * - counters of limits: when their window has ended
 */
export const purgeStatements = {
  access_token: sql(
    `delete from access_token where id in (select id from access_token
      where revoked_at is not null or expires_at < now() - interval '90 days' limit $1)`,
  ),
  form_response: sql(
    `delete from form_response where key in (
      select key from form_response where created_at < now() - interval '1 hour' limit $1)`,
  ),
  invite: sql(
    `delete from invite where id in (
      select id from invite where expires_at < now() - interval '30 days' limit $1)`,
  ),
  password_failure: sql(
    `delete from password_failure where name in (select name from password_failure
      where last_at < now() - interval '30 days'
        and not exists (select from account where account.name = password_failure.name and deleted_at is null) limit $1)`,
  ),
  // The condition is repeated: a new link may have replaced an expired one since.
  password_reset: sql(
    `delete from password_reset where expires_at < now() and account_id in (
      select account_id from password_reset where expires_at < now() limit $1)`,
  ),
  rate_limit: sql(
    `delete from rate_limit where key in (
      select key from rate_limit where expire < extract(epoch from now()) * 1000 limit $1)`,
  ),
  refresh_token: sql(
    `delete from refresh_token where id in (select id from refresh_token where expires_at < now() limit $1)`,
  ),
  session: sql(
    `delete from session where id in (select id from session
      where expires_at < now() or last_seen_at < now() - interval '2 days' limit $1)`,
  ),
  sign_in_address: sql(
    `delete from sign_in_address where (account_id, address) in (select account_id, address from sign_in_address
      where last_success_at < now() - interval '30 days' limit $1)`,
  ),
};
