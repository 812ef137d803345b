import type { MigrationInterface, QueryRunner } from 'typeorm';

const formerComments = {
  'table push_grant':
    'When each account was last granted a push: the actor of an event is trusted only if that account held a grant within the last day',
  'column repository.deleted_at':
    'Time of the latest deletion: a push that revives the repository but never arrives restores the tombstone',
};
const comments = {
  'table push_grant':
    'When each account was granted a push, written again after 12 hours: the actor of an event is trusted only if that account held a grant within the last day',
  'column repository.deleted_at':
    'Time of the latest deletion: a push that revives the repository but never arrives restores the tombstone; null in the row of a deleted name that never had an image, which a job deletes',
  'column push_grant.expires_at':
    'When the tokens given by it end, kept exactly only while the repository has no image; null in rows of older versions',
  'column registry.behind_proxy':
    'True if a proxy in front of the registry sets X-Forwarded-For, so that the addresses in its events are those of clients',
};

/**
 * Adds the end of the tokens that a push grant was recorded for, and whether a registry is behind a proxy. Older code
 * keeps running: it writes grants without an end, which count as an hour.
 */
export class AddGrantExpiry1764000024000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table push_grant add column expires_at timestamptz');
    await runner.query('alter table registry add column behind_proxy boolean not null default false');
    await comment(runner, comments);
  }

  async down(runner: QueryRunner): Promise<void> {
    // A released name is a tombstone to older code, which knows no deleted rows without a time.
    await runner.query(
      `update repository set deleted_at = updated_at where state = 'deleted' and deleted_at is null`,
    );
    await runner.query('alter table registry drop column behind_proxy');
    await runner.query('alter table push_grant drop column expires_at');
    await comment(runner, formerComments);
  }
}

async function comment(runner: QueryRunner, texts: Readonly<Record<string, string>>): Promise<void> {
  for (const [object, text] of Object.entries(texts)) {
    await runner.query(`comment on ${object} is '${text}'`);
  }
}
