import type { MigrationInterface, QueryRunner } from 'typeorm';

// Path words that we serve, words that people would take for the operator, and names that clients treat specially.
// Compared by skeleton, so that `Adm1n`, `a-d-m-i-n` and the like are held too.
const reserved = `
  library localhost official admin admins administrator administration root system superuser operator staff team
  support help security abuse moderator docker dockerhub hub index registry registries central centralindex mirror
  cache catalog api v1 v2 v3 token tokens auth oauth oauth2 login logout signin signout signup register registration
  session sessions account accounts user users username org orgs organisation organisations organization organizations
  namespace namespaces repository repositories repo repos search explore settings setting profile builds build builder
  hook hooks webhook webhooks static assets public private health healthz readyz livez ready metrics status about
  contact terms privacy legal docs doc documentation openapi graphql wellknown robots favicon sitemap null undefined
  none nobody anonymous everyone all me self new edit create delete image images tag tags star stars trusted verified
  billing payment payments mail email postmaster hostmaster webmaster noreply news blog www ftp git
`;

/** Accounts, their credentials and sign-ins, and the names that nobody may sign up with. */
export class CreateAccount1764000001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create function name_skeleton(name text) returns text language sql immutable strict parallel safe as $$
        select replace(translate(lower(name), '1l0-_.', 'iio'), 'rn', 'm')
      $$;
      comment on function name_skeleton is 'What is left of a name when look-alikes are made equal';

      create table reserved_name (
        skeleton text primary key,
        name text not null
      );
      comment on table reserved_name is 'Names that no sign-up and no rename may take; administrators use them through reserved_name_allowed';
      insert into reserved_name (skeleton, name)
        select distinct on (name_skeleton(name)) name_skeleton(name), name
          from unnest(regexp_split_to_array(btrim($words$${reserved.trim()}$words$), '\\s+')) as t(name)
         order by name_skeleton(name), name;

      create function refuse_reserved_name() returns trigger language plpgsql as $$
      begin
        if not new.reserved_name_allowed
           and exists (select from reserved_name where skeleton = name_skeleton(new.name)) then
          raise exception 'name % is reserved', new.name
            using errcode = 'check_violation', constraint = 'reserved_name';
        end if;
        return new;
      end $$;

      create table account (
        id bigint generated always as identity primary key,
        name text not null,
        email text,
        email_verified_at timestamptz,
        password_hash text,
        password_changed_at timestamptz(3) not null default now(),
        is_administrator boolean not null default false,
        reserved_name_allowed boolean not null default false,
        disabled_at timestamptz,
        created_at timestamptz not null default now(),
        constraint account_name_key unique (name),
        constraint account_name_check check (
          length(name) between 3 and 30 and name ~ '^[a-z0-9]+([_-][a-z0-9]+)*$')
      );
      comment on table account is 'People and robots that can sign in';
      comment on column account.reserved_name_allowed is 'Set by operator commands only: the trigger then lets a reserved name pass';
      create unique index account_verified_email_key on account (lower(email)) where email_verified_at is not null;
      create trigger account_reserved_name before insert or update of name, reserved_name_allowed on account
        for each row execute function refuse_reserved_name();

      create table access_token (
        id bigint generated always as identity primary key,
        account_id bigint not null,
        label text not null,
        secret_hash bytea not null,
        permissions text[] not null,
        repositories text[] not null,
        expires_at timestamptz,
        last_used_at timestamptz,
        revoked_at timestamptz,
        created_at timestamptz not null default now(),
        constraint access_token_secret_hash_key unique (secret_hash),
        constraint access_token_account_id_fkey foreign key (account_id) references account (id) on delete cascade
      );
      comment on table access_token is 'Personal access tokens; secret_hash is the SHA-256 of the token';
      create index access_token_account_id_idx on access_token (account_id);

      create table identity_token (
        id bigint generated always as identity primary key,
        account_id bigint not null,
        access_token_id bigint,
        secret_hash bytea not null,
        service text not null,
        client text not null,
        address text not null,
        expires_at timestamptz not null,
        last_used_at timestamptz,
        created_at timestamptz not null default now(),
        constraint identity_token_secret_hash_key unique (secret_hash),
        constraint identity_token_account_id_fkey foreign key (account_id) references account (id) on delete cascade,
        constraint identity_token_access_token_id_fkey foreign key (access_token_id) references access_token (id) on delete cascade
      );
      comment on table identity_token is 'Logins that clients keep instead of a password; secret_hash is the SHA-256 of the token';
      comment on column identity_token.access_token_id is 'The access token that the login was made with: its ceiling and its life are those of the login';
      comment on column identity_token.service is 'The only service that it gets tokens for';
      comment on column identity_token.client is 'What the client calls itself';
      comment on column identity_token.address is 'Where the login was made from';
      create index identity_token_account_id_idx on identity_token (account_id);
      create index identity_token_access_token_id_idx on identity_token (access_token_id);
      create index identity_token_expires_at_idx on identity_token (expires_at);

      create table session (
        id bigint generated always as identity primary key,
        account_id bigint not null,
        secret_hash bytea not null,
        created_at timestamptz not null default now(),
        last_seen_at timestamptz not null default now(),
        expires_at timestamptz not null,
        constraint session_secret_hash_key unique (secret_hash),
        constraint session_account_id_fkey foreign key (account_id) references account (id) on delete cascade
      );
      comment on table session is 'Sign-ins of browsers; secret_hash is the SHA-256 of the cookie';
      create index session_account_id_idx on session (account_id);

      create table invite (
        id bigint generated always as identity primary key,
        secret_hash bytea not null,
        email text,
        created_by text not null,
        created_at timestamptz not null default now(),
        expires_at timestamptz not null,
        used_at timestamptz,
        used_by_id bigint,
        constraint invite_secret_hash_key unique (secret_hash),
        constraint invite_used_by_id_fkey foreign key (used_by_id) references account (id) on delete set null
      );
      comment on table invite is 'Invitations to sign up, each good once; secret_hash is the SHA-256 of the code';

      create table password_failure (
        name text primary key,
        consecutive integer not null,
        last_at timestamptz not null default now()
      );
      comment on table password_failure is 'Wrong passwords in a row by the name that was tried, whether it exists or not';

      create table known_address (
        account_id bigint not null,
        address text not null,
        last_success_at timestamptz not null default now(),
        primary key (account_id, address),
        constraint known_address_account_id_fkey foreign key (account_id) references account (id) on delete cascade
      );
      comment on table known_address is 'Where an account signed in from with its password: an address, or a /64 of IPv6';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table known_address;
      drop table password_failure;
      drop table invite;
      drop table session;
      drop table identity_token;
      drop table access_token;
      drop table account;
      drop function refuse_reserved_name();
      drop table reserved_name;
      drop function name_skeleton(text);
    `);
  }
}
