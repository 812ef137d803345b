import { defineError, type DomainError, type FieldError } from './domain-error';

const validationFailed = defineError({
  code: 'VALIDATION_FAILED',
  status: 400,
  description: 'The request has a field that is missing, unknown or not of the form it must have.',
  message: (fields: readonly FieldError[]) =>
    fields.map(({ field, message }) => (field ? `${field}: ${message}` : message)).join('; ') ||
    'invalid input',
});

/** 400 with the refused fields as detail. */
export function invalidInput(fields: readonly FieldError[]): DomainError {
  return validationFailed(fields).withDetail(fields);
}

/** 404 for whatever is absent or must look absent. */
export const notFound = defineError({
  code: 'NOT_FOUND',
  status: 404,
  description: 'There is nothing by that name, or the caller may not know of it.',
  message: (what: string) => `${what} not found`,
});

/** 403 for what the caller may not do; `why` is for him. */
export const denied = defineError({
  code: 'DENIED',
  status: 403,
  description: 'The caller may not do this.',
  message: (why: string) => `access denied: ${why}`,
});

/** 503 while something the answer needs is out of reach. */
export const unavailable = defineError({
  code: 'UNAVAILABLE',
  status: 503,
  description: 'Something that the answer needs cannot be reached just now; try again later.',
  message: () => 'the service cannot answer just now, please try again',
});

/** 500 for everything that nobody foresaw; the id is found in the log. */
export const internalError = defineError({
  code: 'INTERNAL_ERROR',
  status: 500,
  description: 'Something unforeseen happened; the id in the message is found in the log.',
  message: (id: string) => `internal error ${id}`,
});
