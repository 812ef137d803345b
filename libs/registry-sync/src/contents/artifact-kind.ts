import type { ImageKind } from '@central-index/repositories';

/**
 * Kinds by artifact type, which is the media type of the configuration or of the only layer where a manifest states none.
 * The first pattern that matches counts.
 */
const kindsByType: readonly (readonly [RegExp, ImageKind])[] = [
  // Helm 3: configuration of a chart.
  [/^application\/vnd\.cncf\.helm\./, 'helm-chart'],
  // `docker plugin push`.
  [/^application\/vnd\.docker\.plugin\./, 'plugin'],
  // cosign 2, cosign with OCI 1.1 referrers, and notation.
  [/^application\/vnd\.dev\.cosign\.(?:simplesigning|artifact\.sig)\./, 'signature'],
  [/^application\/vnd\.cncf\.notary\.signature/, 'signature'],
  // SBOM formats, as the type of a layer (cosign) or of the artifact (oras, regctl, syft).
  [/spdx|cyclonedx|\bsyft\b|\bsbom\b/i, 'sbom'],
  // DSSE envelopes of cosign, and in-toto statements of BuildKit.
  [
    /^application\/vnd\.(?:dsse\.envelope|in-toto|dev\.cosign\.(?:attestation|artifact\.att))\b/,
    'attestation',
  ],
];

const sigstoreBundle = /^application\/vnd\.dev\.sigstore\.bundle/;
// cosign 3 states its signatures as in-toto statements of this type.
const signaturePredicate = 'https://sigstore.dev/cosign/sign/v1';

/**
 * The kind of an artifact. `annotations` are those of its manifest: a Sigstore bundle is a signature or an attestation,
 * which only they state.
 */
export function artifactKindOf(type: string, annotations: Readonly<Record<string, unknown>>): ImageKind {
  if (sigstoreBundle.test(type)) {
    const isSignature =
      annotations['dev.sigstore.bundle.content'] === 'message-signature' ||
      annotations['dev.sigstore.bundle.predicateType'] === signaturePredicate;
    return isSignature ? 'signature' : 'attestation';
  }
  return kindsByType.find(([pattern]) => pattern.test(type))?.[1] ?? 'artifact';
}
