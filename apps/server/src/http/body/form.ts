import { invalidInput, type DomainError } from '@central-index/platform/errors';

/** Most fields of a form, and most parameters of a query. */
export const maxFields = 64;

/** The fields of a form or a query by name. A name that occurs more than once has the list of its values. */
export type FormFields = Readonly<Record<string, string | readonly string[]>>;

/**
 * Parses application/x-www-form-urlencoded (WHATWG URL Standard) in one pass. Throws VALIDATION_FAILED beyond 64 fields,
 * counted with their repetitions. The result has no prototype, so that a field may have any name.
 */
export function parseForm(text: string): FormFields {
  const fields: Record<string, string | string[]> = Object.create(null) as Record<string, string | string[]>;
  let count = 0;
  for (const [name, value] of new URLSearchParams(text)) {
    if (++count > maxFields) throw tooManyFields();
    const earlier = fields[name];
    if (earlier === undefined) fields[name] = value;
    else if (typeof earlier === 'string') fields[name] = [earlier, value];
    else earlier.push(value);
  }
  return fields;
}

/** VALIDATION_FAILED for a form or a query of more than 64 fields. */
export function tooManyFields(): DomainError {
  return invalidInput([{ field: '', message: `send at most ${maxFields} parameters` }]);
}
