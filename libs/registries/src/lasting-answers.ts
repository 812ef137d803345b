import type { RegistryKind } from './registry';

/** What the index asks a registry to do: read a manifest, blob or list; list referrers; delete; upload or store. */
export type RegistryRequest = 'read' | 'referrers' | 'delete' | 'write';

/**
 * What a registry says by an error that a retry does not change. `absent`: it has no such thing. `disabled`: it does not do
 * this, by its generation or its configuration. `by-digest-only`: it deletes no tags. `referenced`: an index that it has
 * lists the manifest. `rejected`: it does not take this content.
 */
export type LastingAnswer = 'absent' | 'disabled' | 'by-digest-only' | 'referenced' | 'rejected';

/** A status, and the codes of the error in the body that give it the meaning; undefined stands for no such error. */
type Answer = readonly [
  request: RegistryRequest,
  status: number,
  isMeant: (code: string | undefined) => boolean,
  answer: LastingAnswer,
];

// A proxy's response has no error as the specification defines it: its 404 proves no absence.
const specified = (code: string | undefined): boolean => code !== undefined;
const any = (): boolean => true;
const only =
  (...codes: readonly string[]) =>
  (code: string | undefined): boolean =>
    code !== undefined && codes.includes(code);

const common: readonly Answer[] = [
  ['read', 404, specified, 'absent'],
  // What cannot be the name of anything.
  ['read', 400, only('NAME_INVALID', 'TAG_INVALID', 'DIGEST_INVALID'), 'absent'],
  ['delete', 404, specified, 'absent'],
  ['write', 400, specified, 'rejected'],
  ['write', 405, any, 'disabled'],
  // Also those of a proxy in front of it, whose limits are as lasting.
  ['write', 413, any, 'rejected'],
  ['write', 415, any, 'rejected'],
];

const distribution: readonly Answer[] = [
  ...common,
  // It has no referrers API: the path is unknown to it, or an older one takes the digest for a name.
  ['referrers', 400, any, 'disabled'],
  ['referrers', 404, any, 'disabled'],
  ['referrers', 405, any, 'disabled'],
  ['delete', 405, any, 'disabled'],
  ['delete', 400, specified, 'by-digest-only'],
  // By its policy: the access was granted by the token.
  ['write', 403, only('DENIED'), 'rejected'],
  // For layers with URLs that its configuration does not allow, by default all: it responds as to an error of its own.
  ['write', 500, only('MANIFEST_BLOB_UNKNOWN', 'MANIFEST_UNVERIFIED', 'MANIFEST_INVALID'), 'rejected'],
];

/** The errors of each kind of registry that say something lasting. */
const answers: Readonly<Record<RegistryKind, readonly Answer[]>> = {
  distribution2: distribution,
  distribution3: distribution,
  zot: [
    ...common,
    // It has the API, and no repository of that name; the body is empty.
    ['referrers', 404, any, 'absent'],
    ['referrers', 400, any, 'disabled'],
    // For a repository that it does not have.
    ['delete', 400, only('NAME_UNKNOWN'), 'absent'],
    ['delete', 405, only('DENIED'), 'referenced'],
  ],
  v1: [],
};

/**
 * What an error response of a registry means for good; undefined for one that says something of the moment only, after
 * which a retry may help. `code` is that of the error in its body, undefined where that is none of the specification.
 */
export function lastingAnswer(
  kind: RegistryKind,
  request: RegistryRequest,
  status: number,
  code: string | undefined,
): LastingAnswer | undefined {
  const found = answers[kind].find(
    ([asked, expected, isMeant]) => asked === request && expected === status && isMeant(code),
  );
  return found?.[3];
}
