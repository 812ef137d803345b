/** What a manifest contains. Schema 1 of Docker counts as an image. */
export const imageKinds = [
  'image',
  'index',
  'helm-chart',
  'plugin',
  'signature',
  'sbom',
  'attestation',
  'artifact',
] as const;

/** What a manifest contains, by its format and artifact type. */
export type ImageKind = (typeof imageKinds)[number];

/** The kinds that say something about another manifest, and are nothing to pull by themselves. */
export const statementKinds: readonly ImageKind[] = ['signature', 'sbom', 'attestation'];

/** The properties of a manifest by which its tag is a version or a statement about another manifest. */
export interface TaggedManifest {
  readonly kind: ImageKind;
  readonly subject: string | null;
  readonly platforms: readonly unknown[];
}

// `sha256-<hex>` is the fallback for registries without a referrers API (OCI distribution specification), cosign adds
// `.sig`, `.att` or `.sbom`.
const referrersTag = /^(sha256-[0-9a-f]{64}|sha512-[0-9a-f]{64,128})(?:\.(?:sig|att|sbom))?$/;

/**
 * The digest of the manifest that a tag says something about; null for a version of the repository. What runs on a
 * platform is a version, whatever its tag is called.
 */
export function referredDigest(tag: string, { kind, subject, platforms }: TaggedManifest): string | null {
  if (platforms.length > 0) return null;
  const [, named] = referrersTag.exec(tag) ?? [];
  if (named !== undefined) return named.replace('-', ':');
  return statementKinds.includes(kind) ? subject : null;
}
