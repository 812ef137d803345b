// Errors that clients may see. Each is an entry of the catalogue with a code, a status and a message; nothing else of an
// error ever leaves the process. Imports no other library, emits no facts.
export { DomainError, defineError, errorCatalogue } from './domain-error';
export { durationText } from './duration-text';
export type { RateLimitState } from './rate-limit-state';
export type { ErrorDescriptor, FieldError } from './domain-error';
export { checkInput, unknownName } from './input-words';
export type { CheckedInput, InputKind } from './input-words';
export { denied, internalError, invalidInput, notFound, unavailable } from './platform.errors';
