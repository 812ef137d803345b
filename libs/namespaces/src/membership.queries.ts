// The SQL of the rule in membership.ts: both change together.

/** The columns of `MembershipFacts`, from `namespace`. */
export const membershipColumns = `namespace.owner_id as "ownerId"`;

/** SQL condition: the account is a member of the row of `namespace`. Never true for a null account. */
export const isMemberSql = (accountId: string): string => `namespace.owner_id = ${accountId}`;

/**
 * SQL condition: membership of the row of `namespace` is as it was when its `MembershipFacts` were read. A statement that
 * carries out a decision has it, so that it affects nothing if the namespace was reassigned in between.
 */
export const isMembershipUnchangedSql = (ownerId: string): string =>
  `namespace.owner_id is not distinct from ${ownerId}`;
