import { defineError, type DomainError, type FieldError } from './domain-error';

const validationFailed = defineError({
  code: 'VALIDATION_FAILED',
  status: 400,
  description: 'The request has a field that is missing, unknown or malformed.',
  message: (fields: readonly FieldError[]) =>
    fields.map(({ field, message }) => (field ? `${field}: ${message}` : message)).join('; ') ||
    'invalid input',
});

const maxFields = 20;
const maxTextLength = 300;

/**
 * 400, with the rejected fields as detail: at most 20, with at most 300 characters each, because names and messages may
 * repeat what the caller sent.
 */
export function invalidInput(fields: readonly FieldError[]): DomainError {
  const bounded = fields.slice(0, maxFields).map(({ field, message }) => ({
    field: shortened(field),
    message: shortened(message),
  }));
  return validationFailed(bounded).withDetail(bounded);
}

// By code points, so that no surrogate pair is split.
const shortened = (text: string): string =>
  text.length <= maxTextLength
    ? text
    : `${Array.from(text.slice(0, 2 * maxTextLength))
        .slice(0, maxTextLength)
        .join('')} …`;

// Longer names are cut: they come from the caller, and name nothing.
const maxNameLength = 255;

const absent = defineError({
  code: 'NOT_FOUND',
  status: 404,
  description: 'There is nothing of that name, or the caller may not know that there is.',
  message: (what: string) => `${what} not found`,
});

/** 404 for everything that is absent, or that must look absent to the caller: `registry "main" not found`. */
export function notFound(kind: string, name?: string): DomainError {
  const quoted = name === undefined ? '' : ` ${JSON.stringify(name.slice(0, maxNameLength))}`;
  return absent(kind + quoted);
}

/** 403 for what the caller may not do; `why` is part of the message to the caller. */
export const denied = defineError({
  code: 'DENIED',
  status: 403,
  description: 'The caller may not do this.',
  message: (why: string) => `access denied: ${why}`,
});

/** 503 while something that the response needs is unavailable. */
export const unavailable = defineError({
  code: 'UNAVAILABLE',
  status: 503,
  description: 'Something that the response needs is unavailable at the moment; try again later.',
  message: () => 'the service is temporarily unavailable, please try again',
});

/** 500 for every error that is not handled; the log contains the id. */
export const internalError = defineError({
  code: 'INTERNAL_ERROR',
  status: 500,
  description: 'An unexpected error occurred; the log contains the id that is in the message.',
  message: (id: string) => `internal error ${id}`,
});
