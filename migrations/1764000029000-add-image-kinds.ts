import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Adds what manifests contain (`helm-chart`, `signature`, …), which tags are statements about other manifests, which
 * pushes were reported, and what the newest image says of itself. `schema1` stays allowed for older code, which writes it
 * until it is replaced; `repository.kinds` is null until newer code has written the repository.
 */
export class AddImageKinds1764000029000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table manifest drop constraint manifest_kind_check;
      alter table manifest add constraint manifest_kind_check check (kind in
        ('image', 'index', 'helm-chart', 'plugin', 'signature', 'sbom', 'attestation', 'artifact', 'schema1')) not valid;
      alter table manifest validate constraint manifest_kind_check;
      update manifest set kind = ${kindSql} where kind in ('artifact', 'schema1');

      alter table tag add column refers_to text, add column reported boolean not null default true;
      comment on column tag.refers_to is
        'Digest of the manifest that the tag is a statement about, such as a signature; null for a version';
      comment on column tag.reported is
        'False while no push event has arrived: pushed_at is then the time of observation';
      update tag set refers_to = coalesce(
               replace(substring(name from '${referrersTag}'), '-', ':'),
               case when kind in ('signature', 'sbom', 'attestation') then subject end)
        from manifest
       where manifest.repository_id = tag.repository_id and manifest.digest = tag.digest and platforms = '[]'
         and (name ~ '${referrersTag}' or subject is not null and kind in ('signature', 'sbom', 'attestation'));
      update tag set reported = false from tag_history
       where tag_history.repository_id = tag.repository_id and tag = name and tag_history.digest = tag.digest
         and tag_history.pushed_at = tag.pushed_at and not tag_history.reported;

      alter table repository add column kinds text[], add column image_labels jsonb;
      comment on column repository.kinds is
        'Kinds of what can be pulled, without statements about other manifests; null when not known yet';
      comment on column repository.image_labels is
        'org.opencontainers.image.* labels of the newest version, keyed by the last component of their names';
      update repository set kinds = ${kindsSql}, image_labels = ${labelsSql}
       where pushed_at is not null and state <> 'deleted';

      alter table tag_deletion add column referrers boolean not null default false;
      comment on column tag_deletion.referrers is 'True to delete what refers to the image, too';

      alter table search_document add column kinds text[] not null default '{}';
      ${recordSearchUpdate(['kinds'])}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ${recordSearchUpdate([])}
      alter table search_document drop column kinds;
      alter table repository drop column kinds, drop column image_labels;
      alter table tag_deletion drop column referrers;
      alter table tag drop column refers_to, drop column reported;
      update manifest set kind = case when media_type like '%.manifest.v1+prettyjws' or media_type like
               'application/vnd.docker.distribution.manifest.v1+%' then 'schema1' else 'artifact' end
       where kind not in ('image', 'index', 'artifact') or media_type like 'application/vnd.docker.distribution.manifest.v1+%';
      alter table manifest drop constraint manifest_kind_check;
      alter table manifest add constraint manifest_kind_check check (kind in ('image', 'index', 'artifact', 'schema1'));`);
  }
}

const referrersTag = '^(sha256-[0-9a-f]{64}|sha512-[0-9a-f]{64,128})(?:\\.(?:sig|att|sbom))?$';

const kindSql = `case
  when kind = 'schema1' then 'image'
  when artifact_type ~ '^application/vnd\\.cncf\\.helm\\.' then 'helm-chart'
  when artifact_type ~ '^application/vnd\\.docker\\.plugin\\.' then 'plugin'
  when artifact_type ~ '^application/vnd\\.(dev\\.cosign\\.(simplesigning|artifact\\.sig)|cncf\\.notary\\.signature)' then 'signature'
  when artifact_type ~* 'spdx|cyclonedx|\\msyft\\M|\\msbom\\M' then 'sbom'
  when artifact_type ~ '^application/vnd\\.(dsse\\.envelope|in-toto|dev\\.cosign\\.(attestation|artifact\\.att)|dev\\.sigstore\\.bundle)'
    then 'attestation'
  else 'artifact' end`;

const kindsSql = `array(
  select distinct kind from manifest
   where repository_id = repository.id and kind not in ('signature', 'sbom', 'attestation')
     and not (exists (select from tag where tag.repository_id = manifest.repository_id and tag.digest = manifest.digest
                         and refers_to is not null)
              and not exists (select from tag where tag.repository_id = manifest.repository_id
                                 and tag.digest = manifest.digest and refers_to is null))
   order by kind)`;

const labelsSql = `(
  select labels from tag join manifest using (repository_id, digest)
   where repository_id = repository.id and refers_to is null
   order by kind in ('image', 'index') desc, reported desc, tag.pushed_at desc, name limit 1)`;

// What the replica of a document consists of; the trigger records no other change.
const replicated = ['rank_key', 'namespace', 'name', 'official', 'automated', 'private', 'stars', 'terms'];

function recordSearchUpdate(added: readonly string[]): string {
  const columns = (row: string): string => [...replicated, ...added].map((name) => `${row}.${name}`).join();
  return `create or replace function record_search_update() returns trigger language plpgsql as $$
    begin
      if exists (select from search_replica) then
        insert into search_outbox (repository_id, change)
        select repository_id, nextval('search_outbox_change_seq')
        from (select changed.repository_id from changed join former using (repository_id)
              where (${columns('changed')}) is distinct from (${columns('former')})
              order by changed.repository_id) as ordered
        on conflict (repository_id) do update set change = excluded.change, attempts = 0, retry_at = null;
      end if;
      return null;
    end $$;`;
}
