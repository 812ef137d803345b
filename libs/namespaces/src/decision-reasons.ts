import type { Identity } from '@central-index/accounts';
import type { Reason, RepositoryFacts } from './decision';

const texts: Readonly<Record<Reason, string>> = {
  'account-disabled': 'the account is disabled',
  absent: 'there is no such repository, or the account may not know of it',
  'sign-in-needed': 'nobody is signed in',
  'not-owner': 'the namespace does not belong to the account',
  'no-owner': 'the namespace belongs to nobody yet; an administrator may assign it',
  'administrators-only': 'only administrators change official repositories',
  'official-not-added': 'no administrator has added an official repository of that name',
  automated: 'its images come from trusted builds only',
  'token-permission': 'the access token lacks the permission',
  'token-repositories': 'the access token is for other repositories',
};

/** A reason as people read it, in `token explain` and in refusals. */
export function denialReasonText(reason: Reason): string {
  return texts[reason];
}

/** Why decide() says yes to a pull, push or delete, as people read it in `token explain`. */
export function grantReasonText(identity: Identity, { name, namespace }: RepositoryFacts): string {
  const account = identity.kind === 'account' ? identity.account : undefined;
  const restrictions =
    identity.kind === 'account' && identity.restrictions ? ', and the access token allows it' : '';
  if (name.official && account?.administrator) {
    return `administrators look after official repositories${restrictions}`;
  }
  const owns = account !== undefined && !name.official && namespace?.ownerId === account.id;
  return (owns ? 'the namespace belongs to the account' : 'everybody may pull what is public') + restrictions;
}
