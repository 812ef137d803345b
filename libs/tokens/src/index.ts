// Tokens: which part of a requested scope is granted, the keys that sign tokens, and what registries and verifiers need to
// trust them. namespaces decides who may do what; repositories and registries supply the facts; personal access tokens
// and sessions belong to accounts. Emits no facts; changes of keys are recorded in the audit log.
export { TokensModule } from './tokens.module';
export { parseScopes } from './scope';
export type { RequestedAccess } from './scope';
export { GrantsService } from './grants.service';
export type { TokenRequest } from './grants.service';
export type { Grant, GrantedAccess } from './grant';
export type { GrantBasis } from './grant-basis';
export { AnonymousTokenCache } from './anonymous-token-cache';
export type { CachedToken } from './anonymous-token-cache';
export { GrantCache } from './grant-cache';
export type { CachedGrant, RequestWithCredentials } from './grant-cache';
export { TokenExplainer } from './token-explainer';
export type { ExplanationRequest } from './token-explainer';
export { explanationLines } from './explanation';
export type { ActionVerdict, TokenExplanation, ScopeExplanation, Step } from './explanation';
export { TokenSigner } from './token-signer';
export type { IssuedToken } from './token-signer';
export { TokenVerifier } from './token-verifier';
export type { TokenClaims } from './token-verifier';
export { parseV1Token, v1TokenTtl } from './v1-token';
export type { V1Access } from './v1-token';
export { V1Tokens } from './v1-tokens.service';
export type { VerifiedV1Token } from './v1-tokens.service';
export { AuthorityRotation } from './authority-rotation.service';
export type { AuthorityOutcome } from './authority-rotation.service';
export { SigningKeysService } from './signing-keys.service';
export type { KeyPurpose } from './signing-key-factory';
export type { RotationOutcome, SigningKeyRecord } from './signing-keys.service';
export type { PublicJwk } from './certificates';
export { InternalTokens } from './internal-tokens';
export { internalSubject } from './internal-subject';
export { RegistryConfigurations } from './registry-configurations.service';
export type { ConfigurationOptions, RegistryConfiguration } from './registry-configurations.service';
export { RegistryKeyRotation } from './registry-key-rotation.service';
export type { RegistryKeyOutcome } from './registry-key-rotation.service';
export {
  authorityNotTrusted,
  invalidScope,
  invalidToken,
  pushRefused,
  unknownService,
} from './tokens.errors';
