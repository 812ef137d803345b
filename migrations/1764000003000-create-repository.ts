import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Namespaces, repositories, and what lies in them: manifests, tags, stars. */
export class CreateRepository1764000003000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table namespace (
        id bigint generated always as identity primary key,
        name text not null,
        skeleton text not null default '',
        owner_id bigint,
        origin text not null,
        default_visibility text not null default 'public',
        reserved_name_allowed boolean not null default false,
        created_at timestamptz not null default now(),
        constraint namespace_name_key unique (name),
        constraint namespace_owner_id_fkey foreign key (owner_id) references account (id) on delete restrict,
        constraint namespace_origin_check check (origin in ('sign-up', 'administrator', 'import', 'system')),
        constraint namespace_default_visibility_check check (default_visibility in ('public', 'private')),
        constraint namespace_name_check check (
          length(name) between 2 and 255 and name ~ '^[a-z0-9]+(([.]|_{1,2}|-+)[a-z0-9]+)*$')
      );
      comment on table namespace is 'First components of names; imported ones have no owner until an administrator gives them one';
      create index namespace_owner_id_idx on namespace (owner_id);
      create index namespace_skeleton_idx on namespace (skeleton);
      create unique index namespace_lookalike_key on namespace (skeleton) where origin in ('sign-up', 'administrator');

      create function hold_lookalike_namespace() returns trigger language plpgsql as $$
      begin
        new.skeleton := name_skeleton(new.name);
        if new.origin in ('sign-up', 'administrator') and exists (
             select from namespace where skeleton = new.skeleton and id is distinct from new.id) then
          raise exception 'name % looks like one that is taken', new.name
            using errcode = 'unique_violation', constraint = 'namespace_lookalike_key';
        end if;
        return new;
      end $$;
      create trigger namespace_lookalike before insert or update of name, skeleton, origin on namespace
        for each row execute function hold_lookalike_namespace();
      create trigger namespace_reserved_name before insert or update of name, reserved_name_allowed on namespace
        for each row execute function refuse_reserved_name();

      insert into namespace (name, origin, reserved_name_allowed) values ('library', 'system', true);

      create table repository (
        id bigint generated always as identity primary key,
        namespace_id bigint not null,
        path text not null,
        name text not null,
        state text not null,
        visibility text not null default 'public',
        description text not null default '',
        readme text not null default '',
        official boolean not null default false,
        automated boolean not null default false,
        imported boolean not null default false,
        registry_id bigint,
        registry_path text,
        stars integer not null default 0,
        pulls bigint not null default 0,
        imported_stars integer not null default 0,
        imported_pulls bigint not null default 0,
        version bigint not null default 1,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        pushed_at timestamptz,
        removed_at timestamptz,
        constraint repository_path_key unique (path),
        constraint repository_namespace_id_fkey foreign key (namespace_id) references namespace (id) on delete restrict,
        constraint repository_registry_id_fkey foreign key (registry_id) references registry (id) on delete restrict,
        constraint repository_state_check check (state in ('pending', 'active', 'hidden', 'deleted')),
        constraint repository_visibility_check check (visibility in ('public', 'private')),
        constraint repository_stars_check check (stars >= 0 and imported_stars >= 0),
        constraint repository_pulls_check check (pulls >= 0 and imported_pulls >= 0)
      );
      comment on table repository is 'Named sets of images';
      comment on column repository.path is 'Canonical name, library/x for official ones';
      comment on column repository.state is 'pending until the first manifest is seen at its registry; hidden when its registry was removed; deleted is a tombstone that keeps name and visibility';
      comment on column repository.registry_path is 'The spelling under which it lies at its registry: for official ones that of the first push';
      comment on column repository.version is 'Raised by every change that others may see; search documents carry it';
      comment on column repository.removed_at is 'When it was deleted last: a push that revives it and then never arrives leaves the tombstone again';
      create index repository_namespace_id_name_idx on repository (namespace_id, name);
      create index repository_registry_id_idx on repository (registry_id);
      create index repository_pending_idx on repository (created_at) where state = 'pending';

      create function raise_repository_version() returns trigger language plpgsql as $$
      begin
        new.version := old.version + 1;
        return new;
      end $$;
      create trigger repository_version before update on repository
        for each row execute function raise_repository_version();

      create table manifest (
        repository_id bigint not null,
        digest text not null,
        media_type text not null,
        size bigint,
        platforms jsonb not null default '[]',
        kind text not null default 'image',
        artifact_type text,
        subject text,
        built_at timestamptz,
        labels jsonb not null default '{}',
        children text[] not null default '{}',
        created_at timestamptz not null default now(),
        primary key (repository_id, digest),
        constraint manifest_kind_check check (kind in ('image', 'index', 'artifact', 'schema1')),
        constraint manifest_repository_id_fkey foreign key (repository_id) references repository (id) on delete cascade
      );
      comment on column manifest.size is 'Bytes of config and layers, of all platforms for an index; null when unknown';
      comment on column manifest.subject is 'Digest of the manifest that this one is about';
      comment on column manifest.built_at is 'When it says that it was made';
      comment on column manifest.labels is 'org.opencontainers.image.* annotations and labels, by their last word';
      comment on column manifest.children is 'Digests of an index''s entries';

      create table tag (
        repository_id bigint not null,
        name text not null,
        digest text not null,
        pushed_at timestamptz not null,
        pushed_by_id bigint,
        primary key (repository_id, name),
        constraint tag_repository_id_digest_fkey foreign key (repository_id, digest)
          references manifest (repository_id, digest) on delete cascade,
        constraint tag_pushed_by_id_fkey foreign key (pushed_by_id) references account (id) on delete set null
      );
      create table tag_history (
        id bigint generated always as identity primary key,
        repository_id bigint not null,
        tag text not null,
        digest text not null,
        pushed_at timestamptz not null,
        pushed_by_id bigint,
        reported boolean not null,
        constraint tag_history_repository_id_tag_pushed_at_digest_key unique (repository_id, tag, pushed_at, digest),
        constraint tag_history_repository_id_fkey foreign key (repository_id) references repository (id) on delete cascade,
        constraint tag_history_pushed_by_id_fkey foreign key (pushed_by_id) references account (id) on delete set null
      );
      comment on table tag_history is 'What tags pointed to since when; kept when tag and manifest are gone';
      comment on column tag_history.reported is 'False when the registry showed it and no push was reported (yet): pushed_at is then when it was seen';

      create table tag_removal (
        repository_id bigint not null,
        tag text not null,
        digest text not null,
        actor text not null,
        asked_at timestamptz not null default now(),
        primary key (repository_id, tag),
        constraint tag_removal_repository_id_fkey foreign key (repository_id) references repository (id) on delete cascade
      );
      comment on table tag_removal is 'Tags that are being deleted at their registry: a job ends what a crash interrupted';
      comment on column tag_removal.digest is 'What the tag pointed to: another image that was pushed since is left alone';

      create index tag_repository_id_digest_idx on tag (repository_id, digest);

      create table star (
        account_id bigint not null,
        repository_id bigint not null,
        created_at timestamptz not null default now(),
        primary key (account_id, repository_id),
        constraint star_account_id_fkey foreign key (account_id) references account (id) on delete cascade,
        constraint star_repository_id_fkey foreign key (repository_id) references repository (id) on delete cascade
      );
      create index star_repository_id_idx on star (repository_id);

      create table push_grant (
        repository_id bigint not null,
        account_id bigint not null,
        granted_at timestamptz not null default now(),
        primary key (repository_id, account_id),
        constraint push_grant_repository_id_fkey foreign key (repository_id) references repository (id) on delete cascade,
        constraint push_grant_account_id_fkey foreign key (account_id) references account (id) on delete cascade
      );
      comment on table push_grant is 'Who was last granted a push when: an event names a pusher only if that account held a grant within the day';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table push_grant;
      drop table star;
      drop table tag_removal;
      drop table tag_history;
      drop table tag;
      drop table manifest;
      drop table repository;
      drop function raise_repository_version();
      drop table namespace;
      drop function hold_lookalike_namespace();
    `);
  }
}
