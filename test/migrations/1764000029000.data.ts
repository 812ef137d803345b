import { changed, type Contents, type Row } from './contents';
import type { MigrationData } from './migration-data';

const hex = 'ab'.repeat(32);
const image = `sha256:${hex}`;
const signatureTag = `sha256-${hex}.sig`;

// A repository with an image that reconcile has found, its signature, and an index of referrers.
const rows = `
  insert into repository (namespace_id, path, name, state, visibility, registry_id, registry_path, version, created_at,
      updated_at, pushed_at)
    select id, 'alice/signed', 'signed', 'active', 'public', 2, 'alice/signed', 3, '2026-03-01Z', '2026-03-02Z', '2026-03-03Z'
      from namespace where name = 'alice';
  insert into manifest (repository_id, digest, media_type, size, platforms, kind, artifact_type, subject, labels, created_at)
    select id, values.* from repository, (values
      ('${image}', 'a/image', 10::bigint, '[{"os": "linux"}]'::jsonb, 'image', null, null, '{"title": "Signed"}'::jsonb,
       '2026-03-04Z'::timestamptz),
      ('sha256:01', 'a/manifest', 5, '[]', 'artifact', 'application/vnd.dev.cosign.simplesigning.v1+json', null, '{}',
       '2026-03-05Z'),
      ('sha256:02', 'a/index', 0, '[]', 'index', null, null, '{}', '2026-03-06Z'),
      ('sha256:03', 'a/manifest', 7, '[]', 'artifact', 'application/vnd.cncf.helm.config.v1+json', null, '{}', '2026-03-07Z'),
      ('sha256:04', 'a/manifest', 8, '[]', 'artifact', 'application/spdx+json', '${image}', '{}', '2026-03-08Z')) as values
     where path = 'alice/signed';
  insert into tag (repository_id, name, digest, pushed_at)
    select id, values.* from repository, (values
      ('v1', '${image}', '2026-03-09Z'::timestamptz), ('${signatureTag}', 'sha256:01', '2026-03-10Z'),
      ('sha256-${hex}', 'sha256:02', '2026-03-11Z'), ('chart', 'sha256:03', '2026-03-12Z'),
      ('v1-sbom', 'sha256:04', '2026-03-13Z')) as values
     where path = 'alice/signed';
  insert into tag_history (repository_id, tag, digest, pushed_at, reported)
    select id, 'v1', '${image}', '2026-03-09Z', false from repository where path = 'alice/signed';`;

const kindsAfter: Record<string, string> = {
  'application/vnd.dev.cosign.simplesigning.v1+json': 'signature',
  'application/vnd.cncf.helm.config.v1+json': 'helm-chart',
  'application/spdx+json': 'sbom',
  // Of the rows of the first data test.
  'application/sbom': 'sbom',
};

const kindAfter = ({ kind, artifact_type: type }: Row): string =>
  kind === 'schema1' ? 'image' : kind === 'artifact' ? kindsAfter[type!]! : kind!;

const refersTo: Record<string, string> = {
  [signatureTag]: image,
  [`sha256-${hex}`]: image,
  'v1-sbom': image,
};

const known: Record<string, { kinds: string; image_labels: string | null }> = {
  'library/nginx': { kinds: '["image", "index"]', image_labels: '{}' },
  'alice/signed': { kinds: '["helm-chart", "image"]', image_labels: '{"title": "Signed"}' },
};

// Of what the migration writes, the trigger for versions takes notice, and `down` takes nothing back.
const versioned = (row: Row): Row =>
  known[row.path!] === undefined ? row : { ...row, version: String(Number(row.version) + 1) };

/** Adds signatures, charts and observed tags to the rows of earlier data tests. */
export const addImageKinds: MigrationData = {
  async fill(client) {
    await client.query(rows);
  },

  expected(before: Contents): Contents {
    return changed(before, {
      manifest: (manifests) => manifests.map((row) => ({ ...row, kind: kindAfter(row) })),
      tag: (tags) =>
        tags.map((row) => ({
          ...row,
          refers_to: refersTo[row.name!] ?? null,
          reported: String(!(row.name === 'v1' && row.digest === image)),
        })),
      tag_deletion: (deletions) => deletions.map((row) => ({ ...row, referrers: 'false' })),
      repository: (repositories) =>
        repositories.map((row) => {
          const added = known[row.path!];
          return { ...versioned(row), ...(added ?? { kinds: null, image_labels: null }) };
        }),
      search_document: (documents) => documents.map((row) => ({ ...row, kinds: '[]' })),
    });
  },

  reverted: (before) => changed(before, { repository: (repositories) => repositories.map(versioned) }),
};
