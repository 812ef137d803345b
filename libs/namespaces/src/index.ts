// Namespaces: who is a member of which, and the one decision about who may do what with a repository, which the token
// service, the REST API, the v1 protocol, pages and builds all use. Sign-up is here because it creates an account and its
// namespace in one transaction. `decide` is pure: it reads no repository and no registry, and gets its facts from the
// caller. Emits no facts.
export { decide } from './decision';
export type { Action, Decision, Reason, RepositoryFacts } from './decision';
export { grantReasonText, denialReasonText } from './decision-reasons';
export { hasMembers, isMember } from './membership';
export type { MembershipFacts } from './membership';
export { isMemberSql, isMembershipUnchangedSql, membershipColumns } from './membership.queries';
export { NamespacesModule } from './namespaces.module';
export { NamespacesService } from './namespaces.service';
export type { NamespaceListRow } from './namespaces.queries';
export type { ImportedNamespace, Namespace, PrivateScope } from './namespaces.service';
export type { NamespaceView } from './namespaces.queries';
export { SignUpService } from './sign-up.service';
export type { SignUp } from './sign-up.service';
