import { checkInput, DomainError, invalidInput } from '@central-index/platform/errors';
import type { z } from 'zod';
import { formTokenField, onceField } from './form-tokens';
import type { PageContext } from './page-context';
import { fieldProblems, problemText, type FormError } from './problem-text';

/** A form as it was sent: its fields by name. */
export type FormBody = Readonly<Record<string, unknown>>;

/** The text of a field, empty if it was not sent or sent twice. */
export const textOf = (body: FormBody, field: string): string => {
  const value = body[field];
  return typeof value === 'string' ? value : '';
};

/** The values of a field that may be sent more than once, such as checkboxes. */
export const listOf = (body: FormBody, field: string): readonly string[] => {
  const value = body[field];
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
};

/** The fields of a form without its hidden ones and without those that were left empty, which count as absent. */
export function filledFields(body: FormBody): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(body).filter(
      ([name, value]) => ![formTokenField, onceField, 'next'].includes(name) && value !== '',
    ),
  );
}

/** Validates a form with the schema of the REST body. Throws VALIDATION_FAILED with the fields. */
export function checkForm<Output>(schema: z.ZodType<Output>, body: FormBody): Output {
  const checked = checkInput(schema, filledFields(body), 'body');
  if ('errors' in checked) throw invalidInput(checked.errors);
  return checked.value;
}

/**
 * What a page says about an error of its form, by field; an error that belongs to no field has the field `''`. Rethrows
 * what the person cannot correct.
 */
export function formErrors(error: unknown, context: PageContext): readonly FormError[] {
  if (!(error instanceof DomainError) || error.status >= 500 || error.status === 404) throw error;
  const text = { field: fieldsOfCodes[error.code] ?? '', message: problemText(error, context) };
  return fieldProblems(error, context) ?? [text];
}

// Errors about one field whose messages name it.
const fieldsOfCodes: Readonly<Record<string, string>> = {
  NAME_TAKEN: 'username',
  NAME_RESERVED: 'username',
  INVITE_REQUIRED: 'invite',
  INVITE_INVALID: 'invite',
  REPOSITORY_EXISTS: 'name',
};
