// Errors that a person may see. Each is a catalogue entry with a code, a status and a message; nothing else
// of an error ever leaves the process. States no facts, imports no other room.
export { DomainError, defineError, errorCatalogue } from './domain-error';
export type { ErrorDescriptor, FieldError } from './domain-error';
export { denied, internalError, invalidInput, notFound, unavailable } from './platform.errors';
