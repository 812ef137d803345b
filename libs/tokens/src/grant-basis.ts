import type { FactsByPath, RepositoryFactsRow } from '@central-index/repositories';
import { isPush, type EvaluatedScope } from './evaluated-scope';
import { needsWrite } from './push-grants.service';

/** The rows that a grant was decided by: as long as they are the same, the same request is granted the same. */
export interface GrantBasis {
  readonly paths: readonly string[];
  /** All that was read of the rows, as text. */
  readonly rows: string;
}

/** The basis of a grant; undefined if time decides too, or if the grant changes the rows. `ttl` is that of its token. */
export function basisOf(
  facts: FactsByPath,
  evaluated: readonly EvaluatedScope[],
  ttl: number,
): GrantBasis | undefined {
  const writes = evaluated.some((scope) => isPush(scope) && needsWrite(scope, ttl));
  const rows = [...facts.values()];
  // Of repositories without images, the time decides where they may be pushed.
  if (writes || rows.some(({ heldSeconds }) => heldSeconds !== undefined)) return undefined;
  return { paths: [...facts.keys()], rows: textOf(rows) };
}

/** True if the facts are those that a grant was decided by. */
export function isBasis({ paths, rows }: GrantBasis, facts: FactsByPath): boolean {
  const now = paths.flatMap((path) => facts.get(path) ?? []);
  return textOf(now) === rows;
}

// Without the end of the grant's tokens, which only matters while there are no images.
function textOf(rows: readonly RepositoryFactsRow[]): string {
  return JSON.stringify(rows.map((row) => ({ ...row, pushGrant: row.pushGrant?.isRecent })));
}
