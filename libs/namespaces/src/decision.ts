import type { Identity, Permission } from '@central-index/accounts';
import { matchesPattern, type RepositoryName } from '@central-index/naming';

/**
 * What a caller may want to do with a repository. `view` is to find it in search, API and pages; `metadata` to create
 * it there and to change its texts and visibility; `manage` to remove it as a whole; `delete` to delete its images.
 */
export type Action = 'pull' | 'push' | 'delete' | 'view' | 'star' | 'metadata' | 'manage';

/** What the decision must know of a name. `undefined` stands for what is not there. */
export interface RepositoryFacts {
  readonly name: RepositoryName;
  readonly namespace: { readonly ownerId: string | null } | undefined;
  readonly repository:
    | {
        readonly state: 'pending' | 'active' | 'hidden' | 'deleted';
        readonly visibility: 'public' | 'private';
        /** True when trusted builds, and nothing else, push to it. */
        readonly automated: boolean;
      }
    | undefined;
}

/** Why something is refused; reasonText() gives the words. */
export type Reason =
  | 'account-disabled'
  | 'absent'
  | 'sign-in-needed'
  | 'not-owner'
  | 'no-owner'
  | 'administrators-only'
  | 'official-not-added'
  | 'automated'
  | 'token-permission'
  | 'token-repositories';

/** The answer, with its reason when it is no. */
export type Decision = { readonly allowed: true } | { readonly allowed: false; readonly reason: Reason };

/**
 * Whether the caller may do that: the only place that says yes. Where the registry lies that holds the repository,
 * and under which spelling, is not asked here. The matrix in decision.spec.ts is the specification.
 */
export function decide(identity: Identity, action: Action, facts: RepositoryFacts): Decision {
  const reason = refusal(identity, action, facts) ?? restrictionRefusal(identity, action, facts);
  return reason === undefined ? { allowed: true } : { allowed: false, reason };
}

function refusal(identity: Identity, action: Action, facts: RepositoryFacts): Reason | undefined {
  const account = identity.kind === 'account' ? identity.account : undefined;
  if (account?.disabled) return 'account-disabled';

  const { official } = facts.name;
  const ownerId = facts.namespace?.ownerId ?? null;
  // Official repositories have no owner: administrators stand in his place, there and nowhere else.
  const isMaintainer =
    account !== undefined && (official ? account.administrator : ownerId !== null && ownerId === account.id);
  const state = facts.repository?.state ?? 'absent';
  const isPublic = facts.repository?.visibility === 'public';
  const there = state === 'pending' || state === 'active' || state === 'hidden';
  const visible = state === 'active' ? isPublic || isMaintainer : state === 'hidden' && isMaintainer;

  switch (action) {
    case 'view':
      return visible ? undefined : 'absent';
    case 'pull': {
      // A push reads too, so whoever may push a new name may pull it.
      if (isMaintainer) return there || (state === 'absent' && !official) ? undefined : 'absent';
      return isPublic && (state === 'active' || state === 'pending') ? undefined : 'absent';
    }
    case 'star':
      if (account === undefined) return 'sign-in-needed';
      return visible && state === 'active' ? undefined : 'absent';
    case 'push':
      if (!isMaintainer) return denialReason();
      if (official && !there) return 'official-not-added';
      return facts.repository?.automated && state !== 'deleted' ? 'automated' : undefined;
    case 'delete':
      if (!isMaintainer) return denialReason();
      return there ? undefined : 'absent';
    case 'metadata':
      if (!isMaintainer) return denialReason();
      if (official && !there) return 'official-not-added';
      return there || state === 'absent' ? undefined : 'absent';
    case 'manage':
      if (isMaintainer) return there ? undefined : 'absent';
      return account?.administrator && visible ? undefined : denialReason();
  }

  // The same for a name that is private, deleted or was never there: a refusal must not tell which.
  function denialReason(): Reason {
    if (account === undefined) return 'sign-in-needed';
    if (official) return 'administrators-only';
    return facts.namespace && ownerId === null ? 'no-owner' : 'not-owner';
  }
}

// What an access token must carry for an action; one of them is enough.
const permissions: Readonly<Record<Action, readonly Permission[]>> = {
  pull: ['pull'],
  push: ['push'],
  delete: ['delete'],
  view: ['pull', 'metadata'],
  star: ['metadata'],
  metadata: ['metadata'],
  manage: ['delete'],
};

function restrictionRefusal(identity: Identity, action: Action, facts: RepositoryFacts): Reason | undefined {
  const restrictions = identity.kind === 'account' ? identity.restrictions : undefined;
  if (restrictions === undefined) return undefined;
  // Reading what everybody may read needs no permission: a token would else see less than nobody does.
  if (action === 'view' && facts.repository?.visibility === 'public' && facts.repository.state === 'active') {
    return undefined;
  }
  if (!permissions[action].some((permission) => restrictions.permissions.includes(permission))) {
    return 'token-permission';
  }
  const isCovered = restrictions.repositories.some((pattern) => matchesPattern(pattern, facts.name.path));
  return isCovered ? undefined : 'token-repositories';
}
