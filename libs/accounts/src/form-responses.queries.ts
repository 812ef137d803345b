import { sql } from '@central-index/platform/database';

/**
 * Affects one row for the first submission of a form, and for the next one if a process stopped while it handled the
 * first. $1: key.
 */
export const claimFormResponse = sql(
  `insert into form_response (key) values ($1)
   on conflict (key) do update set created_at = now()
     where form_response.response is null and form_response.created_at < now() - interval '1 minute'`,
);
