import type { RegistryKind } from './registry';

/**
 * What a registry did when it was asked to delete a manifest or tag. `deleted`: it is gone, or was absent. `disabled`: its
 * configuration allows no deletion. `by-digest-only`: it deletes no tags. `referenced`: an index that it has lists the
 * manifest, and must be deleted first.
 */
export type DeletionOutcome = 'deleted' | 'disabled' | 'by-digest-only' | 'referenced';

/** Status, the codes of the error in the body (undefined where there is none), and what they mean together. */
type Answer = readonly [
  status: number,
  isMeant: (code: string | undefined) => boolean,
  outcome: DeletionOutcome,
];

// A proxy's response has no error as the specification defines it: its 404 proves no absence.
const specified = (code: string | undefined): boolean => code !== undefined;
const absent: Answer = [404, specified, 'deleted'];
const distribution: readonly Answer[] = [
  absent,
  [405, () => true, 'disabled'],
  [400, specified, 'by-digest-only'],
];

/** The error responses to DELETE that say something lasting, by what each kind of registry means by them. */
const answers: Readonly<Record<RegistryKind, readonly Answer[]>> = {
  distribution2: distribution,
  distribution3: distribution,
  zot: [
    absent,
    // For a repository that it does not have.
    [400, (code) => code === 'NAME_UNKNOWN', 'deleted'],
    [405, (code) => code === 'DENIED', 'referenced'],
  ],
  v1: [],
};

/**
 * The meaning of a response to DELETE; undefined for one that says nothing about the manifest, after which a retry may
 * help. `code` is that of the error in its body.
 */
export function deletionOutcomeOf(
  kind: RegistryKind,
  status: number,
  code: string | undefined,
): DeletionOutcome | undefined {
  if (status === 202 || status === 200) return 'deleted';
  return answers[kind].find(([expected, isMeant]) => expected === status && isMeant(code))?.[2];
}
