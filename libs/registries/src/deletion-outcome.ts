import { lastingAnswer } from './lasting-answers';
import type { RegistryKind } from './registry';

/**
 * What a registry did when it was asked to delete a manifest or tag. `deleted`: it is gone, or was absent. `disabled`: its
 * configuration allows no deletion. `by-digest-only`: it deletes no tags. `referenced`: an index that it has lists the
 * manifest, and must be deleted first.
 */
export type DeletionOutcome = 'deleted' | 'disabled' | 'by-digest-only' | 'referenced';

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
  const answer = lastingAnswer(kind, 'delete', status, code);
  return answer === 'absent' ? 'deleted' : answer === 'rejected' ? undefined : answer;
}
