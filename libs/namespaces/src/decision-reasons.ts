import { accountOf, restrictionsOf, type Identity } from '@central-index/accounts';
import { isAllowedToEveryone, type Action, type Reason, type RepositoryFacts } from './decision';
import { isMember } from './membership';

const texts: Readonly<Record<Reason, string>> = {
  'account-disabled': 'the account is disabled',
  absent: 'there is no such repository, or the account may not know of it',
  'sign-in-needed': 'the caller is not signed in',
  'not-owner': 'the namespace does not belong to the account',
  'no-owner': 'the namespace has no owner yet; an administrator may assign it',
  'administrators-only': 'only administrators change official repositories',
  'official-not-added': 'no administrator has added an official repository of that name',
  'trusted-build': 'its images come from trusted builds only',
  'token-permission': 'the access token lacks the permission',
  'token-repositories': 'the access token is for other repositories',
};

/** The text of a reason, for `token explain` and for error messages. */
export function denialReasonText(reason: Reason): string {
  return texts[reason];
}

/** The text of why `decide` allows a pull, push, delete or deletion as a whole, for `token explain`. */
export function grantReasonText(identity: Identity, action: Action, facts: RepositoryFacts): string {
  const account = accountOf(identity);
  const { name, namespace } = facts;
  const isRestricted = restrictionsOf(identity) !== undefined;
  const isOwn =
    account !== undefined && namespace !== undefined && !name.official && isMember(account, namespace);
  const isMaintainer = isOwn || (name.official && (account?.administrator ?? false));
  if (!isMaintainer && action === 'manage') return 'administrators delete what all callers see';
  if (!isMaintainer || (isRestricted && isAllowedToEveryone(action, facts))) {
    return 'public repositories may be pulled by all';
  }
  const withinRestrictions = isRestricted ? ', and the access token allows it' : '';
  return name.official
    ? `administrators manage official repositories${withinRestrictions}`
    : `the namespace belongs to the account${withinRestrictions}`;
}
