// Namespaces: who owns a name, and the one decision about who may do what in it, asked by the token service, the REST
// API, the v1 protocol, pages and builds alike. Signing up is here, for it makes an account and its namespace at once.
// Knows no repository's content and no registry: `decide` is pure and is told the facts. States no facts of its own.
export { decide } from './decision';
export type { Action, Decision, Reason, RepositoryFacts } from './decision';
export { grantReasonText, denialReasonText } from './decision-reasons';
export { NamespacesModule } from './namespaces.module';
export { NamespacesService } from './namespaces.service';
export type { ImportedNamespace, Namespace, PrivateScope } from './namespaces.service';
export { SignUpService } from './sign-up.service';
export type { SignUp } from './sign-up.service';
