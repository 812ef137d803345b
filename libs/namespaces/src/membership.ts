import type { Account } from '@central-index/accounts';

/** What is known of a namespace in order to decide who its members are; `membershipColumns` selects it. */
export interface MembershipFacts {
  /** Null for official and for unassigned imported namespaces, which have no members. */
  readonly ownerId: string | null;
}

/**
 * True if the account is a member of the namespace and so maintains its repositories. Together with the SQL of
 * membership.queries.ts this is the only rule of membership: nothing else compares owners.
 */
export function isMember({ id }: Pick<Account, 'id'>, { ownerId }: MembershipFacts): boolean {
  return ownerId !== null && ownerId === id;
}

/** True if the namespace has members at all. */
export function hasMembers({ ownerId }: MembershipFacts): boolean {
  return ownerId !== null;
}
