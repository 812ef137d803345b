// Ids count from 1: the tables are new. Namespace 1 is `library`, which a migration creates.

const accounts = `
  insert into account (name, email, email_verified_at, password_hash, password_changed_at, is_administrator,
                       reserved_name_allowed, disabled_at, created_at) values
    ('alice', 'alice@example.org', '2026-01-02T03:04:05.678901Z', '$argon2id$hash', '2026-01-03T00:00:00.123Z', false, false,
     null, '2026-01-01T00:00:00.000001Z'),
    ('admin', null, null, null, '2026-01-04Z', true, true, null, '2026-01-01Z'),
    ('mallory', 'mallory@example.org', null, '$argon2id$other', '2026-01-05Z', false, false, '2026-02-01Z', '2026-01-01Z');
  insert into access_token (account_id, label, secret_hash, permissions, repositories, expires_at, last_used_at,
                            revoked_at, created_at) values
    (1, 'laptop', '\\x01ff', '{pull,push}', '{alice/*}', '2027-01-01Z', '2026-01-06Z', null, '2026-01-05Z'),
    (1, 'old', '\\x02', '{pull}', '{}', null, null, '2026-01-07Z', '2026-01-05Z');
  insert into identity_token (account_id, access_token_id, secret_hash, service, client, address, expires_at,
                              last_used_at, created_at) values
    (1, 1, '\\x10ab', 'registry.example.org', 'docker', '198.51.100.7', '2026-04-01Z', '2026-01-08Z', '2026-01-02Z'),
    (2, null, '\\x11', 'registry2.example.org', 'podman', '2001:db8::1', '2026-05-01Z', null, '2026-02-02Z');
  insert into session (account_id, secret_hash, created_at, last_seen_at, expires_at) values
    (1, '\\x20', '2026-01-09Z', '2026-01-10Z', '2026-02-09Z');
  insert into invite (secret_hash, email, created_by, created_at, expires_at, used_at, used_by_id) values
    ('\\x30', 'alice@example.org', 'admin', '2026-01-01Z', '2026-02-01Z', '2026-01-02Z', 1),
    ('\\x31', null, 'operator', '2026-01-01Z', '2026-03-01Z', null, null);
  insert into password_failure values ('alice', 3, '2026-01-11Z'), ('nobody-of-that-name', 99, '2026-01-12Z');
  insert into known_address values (1, '198.51.100.7', '2026-01-13Z'), (1, '2001:db8::/64', '2026-01-14Z');
  insert into setting values ('issuer', 'https://index.example.org');
  insert into rate_limit values ('tokens:198.51.100.7', 42, 1767225600000), ('sign-in:alice', 1, null);
  insert into schema_requirement values ('CreateAccount1764000001000', 1764000001000);
  insert into audit_event (at, action, actor, address, subject_type, subject, detail) values
    ('2026-01-15Z', 'errand.asked', 'admin', '198.51.100.9', 'registry', 'main', '{"errand": "1", "kind": "move"}'),
    ('2026-01-16Z', 'tag.removed', null, null, 'repository', 'alice/app', '{"failure": "stays"}');`;

const registries = `
  insert into registry (name, url, host, hook_url, service, kind, token_ttl, token_algorithm, hook_secret_hash,
                        created_at) values
    ('main', 'http://10.0.0.1:5000', 'r1.example.org', 'https://index.example.org', 'r1', 'distribution3', 300, 'ES256', '\\x40',
     '2026-01-01Z'),
    ('old', 'http://10.0.0.2:5000', 'r2.example.org', null, 'r2', 'distribution2', null, 'RS256', '\\x41', '2026-01-02Z'),
    ('zot', 'http://10.0.0.3:5000', 'r3.example.org', null, 'r3', 'zot', 60, 'ES256', '\\x42', '2026-01-03Z'),
    ('ancient', 'http://10.0.0.4:5000', 'r4.example.org', null, 'r4', 'v1', 3600, 'ES256', '\\x43', '2026-01-04Z');
  insert into registry_event (registry_id, event_id, body, state, reason, received_at, applied_at) values
    (1, 'e1', '\\x7b7d', 'stored', null, '2026-01-17Z', null),
    (1, 'e2', '\\x00ff', 'applied', null, '2026-01-18Z', '2026-01-18T00:00:01Z'),
    (2, 'e1', '\\x', 'parked', 'oversized', '2026-01-19Z', null),
    (2, 'e3', '\\x7b', default, null, default, null);
  insert into registry_sweep values
    (1, '2026-01-20Z', '2026-01-20T00:01Z', '2026-01-19Z', 7, 6, 5, 4, 3, 'registry answered 503', null),
    (2, '2026-01-21Z', '2026-01-21T00:01Z', null, 17, 16, 15, 14, 13, null, '9 of 10 repositories lack tags');
  insert into placement_rule values ('alice/*', 1, '2026-01-22Z'), ('old/**', 2, '2026-01-23Z');
  insert into certificate_authority (certificate, sealed_private_key, not_after, state, created_at) values
    ('PEM 1', '\\x51', '2036-01-01Z', 'retired', '2025-01-01Z'), ('PEM 2', '\\x52', '2037-01-01Z', 'active', '2026-01-01Z'),
    ('PEM 3', '\\x53', '2038-01-01Z', 'next', '2026-02-01Z');
  insert into signing_key (kid, algorithm, purpose, certificate, sealed_private_key, authority_id, state, not_before,
                           not_after, created_at, activated_at, retired_at) values
    ('k1', 'ES256', 'shared', 'PEM 4', '\\x61', 1, 'retired', '2025-01-01Z', '2025-06-01Z', '2025-01-01Z', '2025-01-01T01:00Z',
     '2025-05-01Z'),
    ('k2', 'ES256', 'shared', 'PEM 5', '\\x62', 2, 'active', '2026-01-01Z', '2026-06-01Z', '2026-01-01Z', '2026-01-01T01:00Z',
     null),
    ('k3', 'RS256', 'zot:3', 'PEM 6', '\\x63', 2, 'next', '2026-02-01Z', '2026-07-01Z', '2026-02-01Z', null, null);`;

const repositories = `
  insert into namespace (name, owner_id, origin, default_visibility, reserved_name_allowed, created_at) values
    ('alice', 1, 'sign-up', 'private', false, '2026-01-01Z'), ('team', 2, 'administrator', 'public', true, '2026-01-02Z'),
    ('imported', null, 'import', 'public', false, '2026-01-03Z');
  insert into repository (namespace_id, path, name, state, visibility, description, readme, official, automated,
      imported, registry_id, registry_path, stars, pulls, imported_stars, imported_pulls, version, created_at, updated_at,
      pushed_at, removed_at, visits) values
    (1, 'library/nginx', 'nginx', 'active', 'public', 'Web server', '# nginx', true, false, false, 1, 'nginx', 2, 9007199254740993,
     0, 0, 12, '2026-01-01Z', '2026-01-02Z', '2026-01-03Z', null, 1.2345678901234567e5),
    (2, 'alice/app', 'app', 'pending', 'private', '', '', false, true, false, 2, 'alice/app', 0, 0, 0, 0, 1, '2026-01-04Z',
     '2026-01-05Z', null, '2026-01-06Z', 0),
    (4, 'imported/tool', 'tool', 'hidden', 'public', 'Größe: "1"', 'it''s', false, false, true, null, null, 0, 3, 41, 1000, 2,
     '2026-01-07Z', '2026-01-08Z', null, null, 0.1),
    (2, 'alice/gone', 'gone', 'deleted', 'public', '', '', false, false, false, 1, 'alice/gone', 0, 7, 0, 0, 5, '2026-01-09Z',
     '2026-01-10Z', '2026-01-11Z', '2026-01-12Z', 3);
  insert into manifest values
    (1, 'sha256:aa', 'application/vnd.oci.image.index.v1+json', 9007199254740993, '[{"os": "linux"}]', 'index', null, null,
     '2026-01-01Z', '{"title": "nginx"}', '{sha256:bb}', '2026-01-02Z'),
    (1, 'sha256:bb', 'application/vnd.oci.image.manifest.v1+json', 10, '[]', 'image', null, null, null, '{}', '{}', '2026-01-03Z'),
    (1, 'sha256:cc', 'application/vnd.oci.image.manifest.v1+json', 5, '[]', 'artifact', 'application/sbom', 'sha256:bb', null,
     '{}', '{}', '2026-01-04Z'),
    (2, 'sha256:aa', 'application/vnd.docker.distribution.manifest.v1+json', null, '[]', 'schema1', null, null, null, '{}', '{}',
     '2026-01-05Z');
  insert into tag values
    (1, 'latest', 'sha256:aa', '2026-01-03Z', 1), (1, 'gone', 'sha256:bb', '2026-01-04Z', null), (2, '1.0', 'sha256:aa', '2026-01-05Z', 2);
  insert into tag_history (repository_id, tag, digest, pushed_at, pushed_by_id, reported) values
    (1, 'latest', 'sha256:00', '2025-12-31Z', null, false), (1, 'latest', 'sha256:aa', '2026-01-03Z', 1, true);
  insert into tag_removal values
    (1, 'gone', 'sha256:bb', 'alice', '2026-01-24Z'), (4, 'gone', 'sha256:dd', 'admin', '2026-01-25Z');
  insert into missing_tag values (1, 'latest', '2026-01-26Z'), (2, '1.0', '2026-01-27Z');
  insert into star values (1, 1, '2026-01-28Z'), (2, 1, '2026-01-29Z');
  insert into push_grant values (1, 1, '2026-01-30Z'), (2, 2, '2026-01-31Z');
  insert into pull_count values (1, '2026-02-01', 'latest', 9007199254740993), (1, '2026-02-02', 'sha256:aa', 1);
  insert into manifest_request (repository_id, address, at, head, tag, digest, counted, stored_at) values
    (1, '198.51.100.7', '2026-02-03Z', true, 'latest', 'sha256:aa', null, '2026-02-03T00:00:01Z'),
    (1, '198.51.100.7', '2026-02-03T00:00:02Z', false, null, 'sha256:aa', 'latest', '2026-02-03T00:00:03Z');
  insert into pull_visitor values ('AAAAAAAAAAAAAAAAAAAAAA', '2026-02-04Z'), ('zzzzzzzzzzzzzzzzzzzz-_', '2026-02-05Z');
  insert into errand (kind, request, state, result, failure, actor, address, asked_at, finished_at) values
    ('move', '{"repository": "alice/app", "registry": "old", "deleteSource": true}', 'waiting', null, null, 'admin',
     '198.51.100.9', '2026-02-06Z', null),
    ('reconcile', '{"registry": "main", "full": true}', 'done',
     '{"registry": "main", "added": 1, "removed": 2, "missing": 3, "failure": null, "alarm": null}', null, 'admin', null,
     '2026-02-07Z', '2026-02-08Z'),
    ('adopt', '{"registry": "main", "pattern": "a/*", "visibility": "public"}', 'failed', null, 'no such registry', 'admin',
     null, '2026-02-09Z', '2026-02-10Z'),
    ('move', '{"repository": "alice/app", "registry": "main"}', 'done', '{"name": "alice/app", "from": null, "removed": 1}', null,
     'admin', null, '2026-02-11Z', '2026-02-12Z');`;

// The row of search_mirror comes first: with it the triggers of search_document fill search_outbox.
const search = `
  insert into search_mirror values (1, 'generation-1', 'generation-2', 2, 9007199254740993, '2026-02-13T00:00:00.123Z', 4);
  insert into search_document (repository_id, place, version, pulls, updated_at, stars, official, automated, private,
                               namespace, name, description, terms) values
    (1, -9007199254740993, 12, 9007199254740993, '2026-01-02T00:00:00.123Z', 2, true, false, false, 'library', 'nginx', 'Web server',
     '{9223372036854775807,-5}'),
    (2, 7, 1, 0, '2026-01-05Z', 0, false, true, true, 'alice', 'app', '', '{1}');
  update search_outbox set noted_at = '2026-02-14T00:00:00.123Z', sent_change = change, task = 11, attempts = 2,
                           retry_at = '2026-02-15Z', failure = 'document is too large' where repository_id = 1;
  insert into search_spelling values (9223372036854775807, 'nginx', 40), (-64, 'nginx', 40);`;

/** Fills every table of the schema of 1764000018000 but those of the job queue and `waiting_fact`. */
export const rows = [accounts, registries, repositories, search].join('\n');
