// Accounts: people and robots that can sign in, their passwords, access tokens, sessions and invitations, and the
// limits on wrong passwords. Not what an account may do: that is namespaces' decision.
export { anonymous } from './identity';
export type { Account, Ceiling, Identity, Permission } from './identity';
