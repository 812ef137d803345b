import {
  accountOf,
  anonymous,
  restrictionsOf,
  type Account,
  type Identity,
  type Permission,
} from '@central-index/accounts';
import { matchesPattern, type RepositoryName } from '@central-index/naming';
import { hasMembers, isMember, type MembershipFacts } from './membership';

/**
 * What a caller can do with a repository. `view`: find it in search, the API and pages; `metadata`: create it there, and
 * change its texts and visibility; `manage`: delete it as a whole; `delete`: delete its images.
 */
export type Action = 'pull' | 'push' | 'delete' | 'view' | 'star' | 'metadata' | 'manage';

/** What a decision depends on. `namespace` and `repository` are undefined if they do not exist. */
export interface RepositoryFacts {
  readonly name: RepositoryName;
  readonly namespace: MembershipFacts | undefined;
  readonly repository:
    | {
        readonly state: 'pending' | 'active' | 'hidden' | 'deleted';
        readonly visibility: 'public' | 'private';
        /** True if only trusted builds push to it. */
        readonly automated: boolean;
      }
    | undefined;
}

/** Why a decision is a denial; `denialReasonText` gives the text. */
export type Reason =
  | 'account-disabled'
  | 'absent'
  | 'sign-in-needed'
  | 'not-owner'
  | 'no-owner'
  | 'administrators-only'
  | 'official-not-added'
  | 'trusted-build'
  | 'token-permission'
  | 'token-repositories';

/** A decision, with a reason if it is a denial. */
export type Decision = { readonly allowed: true } | { readonly allowed: false; readonly reason: Reason };

/**
 * Decides whether the caller may take the action: nothing else in the product allows one. On which registry the images
 * are stored, and under which path, does not matter here. The matrix in decision.spec.ts is the specification.
 */
export function decide(identity: Identity, action: Action, facts: RepositoryFacts): Decision {
  const reason = denialByAccount(identity, action, facts) ?? denialByToken(identity, action, facts);
  return reason === undefined ? { allowed: true } : { allowed: false, reason };
}

/** True for what callers without credentials may do, which the restrictions of an access token never take away. */
export function isAllowedToEveryone(action: Action, facts: RepositoryFacts): boolean {
  return denialByAccount(anonymous, action, facts) === undefined;
}

function denialByAccount(identity: Identity, action: Action, facts: RepositoryFacts): Reason | undefined {
  const account = accountOf(identity);
  if (account?.disabled) return 'account-disabled';

  const { namespace, repository } = facts;
  const { official } = facts.name;
  const isMaintainer = account !== undefined && maintains(account, facts);
  const state = repository?.state ?? 'absent';
  const isPublic = repository?.visibility === 'public';
  const exists = state === 'pending' || state === 'active' || state === 'hidden';
  // Before its first image, and after its registry was removed, a repository is visible to those who push to it.
  const visible = exists && (isMaintainer || (isPublic && state === 'active'));

  switch (action) {
    case 'view':
      return visible ? undefined : 'absent';
    case 'pull': {
      // A push reads too, so that a caller who may push a new name may pull it.
      if (isMaintainer) return exists || (state === 'absent' && !official) ? undefined : 'absent';
      return isPublic && (state === 'active' || state === 'pending') ? undefined : 'absent';
    }
    case 'star':
      if (account === undefined) return 'sign-in-needed';
      return visible && state === 'active' ? undefined : 'absent';
    case 'push':
      if (!isMaintainer) return denialReason();
      if (official && !exists) return 'official-not-added';
      return repository?.automated && state !== 'deleted' ? 'trusted-build' : undefined;
    case 'delete':
      if (!isMaintainer) return denialReason();
      return exists ? undefined : 'absent';
    case 'metadata':
      if (!isMaintainer) return denialReason();
      if (official && !exists) return 'official-not-added';
      return exists || state === 'absent' ? undefined : 'absent';
    case 'manage':
      if (isMaintainer) return exists ? undefined : 'absent';
      return account?.administrator && visible ? undefined : denialReason();
  }

  // The same for a name that is private, deleted or absent: a denial must not reveal which.
  function denialReason(): Reason {
    if (account === undefined) return 'sign-in-needed';
    if (official) return 'administrators-only';
    return namespace !== undefined && !hasMembers(namespace) ? 'no-owner' : 'not-owner';
  }
}

// Administrators maintain the official repositories, which belong to no account, and no other repositories.
function maintains(account: Account, { name, namespace }: RepositoryFacts): boolean {
  if (name.official) return account.administrator;
  return namespace !== undefined && isMember(account, namespace);
}

// The permissions of an access token that allow an action; one of them is enough.
const permissions: Readonly<Record<Action, readonly Permission[]>> = {
  pull: ['pull'],
  push: ['push'],
  delete: ['delete'],
  view: ['pull', 'metadata'],
  star: ['metadata'],
  metadata: ['metadata'],
  manage: ['delete'],
};

function denialByToken(identity: Identity, action: Action, facts: RepositoryFacts): Reason | undefined {
  const restrictions = restrictionsOf(identity);
  // Restrictions limit what the account may do that anonymous callers may not: a token never opens less than none does.
  if (restrictions === undefined || isAllowedToEveryone(action, facts)) return undefined;
  if (!permissions[action].some((permission) => restrictions.permissions.includes(permission))) {
    return 'token-permission';
  }
  const isCovered = restrictions.repositories.some((pattern) => matchesPattern(pattern, facts.name.path));
  return isCovered ? undefined : 'token-repositories';
}
