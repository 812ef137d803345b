import { z } from 'zod';
import type { FieldError } from './domain-error';
import { nearestName } from './nearest-name';

/** Where a value comes from: callers write parameters as text, and repeat them by mistake. */
export type InputKind = 'body' | 'query' | 'path' | 'environment';

/** A valid value, or what is wrong with it, in the words of this product. */
export type CheckedInput<Output> = { readonly value: Output } | { readonly errors: readonly FieldError[] };

type RawIssue = z.core.$ZodRawIssue;

const maxErrors = 20;
const maxNameLength = 60;
const maxListed = 12;

/**
 * Checks a value with a schema. Errors are said in words for the person who sent the value: a schema's own messages as
 * they are, and for everything else those of this file, so that the wording of the schema library appears nowhere.
 */
export function checkInput<Output>(
  schema: z.ZodType<Output>,
  value: unknown,
  kind: InputKind = 'body',
): CheckedInput<Output> {
  // The names that an object accepts, by the path of the object: an issue does not carry them.
  const known = new Map<string, readonly string[]>();
  const result = schema.safeParse(value, {
    error: (issue) => {
      if (issue.code === 'unrecognized_keys') known.set(pathOf(issue), namesOf(issue.inst));
      return wordsOf(issue, kind);
    },
  });
  if (result.success) return { value: result.data };
  const errors: FieldError[] = [];
  for (const issue of result.error.issues) {
    if (errors.length >= maxErrors) break;
    if (issue.code !== 'unrecognized_keys') errors.push({ field: pathOf(issue), message: issue.message });
    else {
      const names = known.get(pathOf(issue)) ?? [];
      const unknown = issue.keys.slice(0, maxErrors - errors.length);
      errors.push(...unknown.map((key) => unknownName(key, names, [...issue.path, key])));
    }
  }
  return { errors };
}

/** The error for a field or parameter of a name that does not exist; with the one that was probably meant. */
export function unknownName(
  name: string,
  known: readonly string[],
  path: readonly PropertyKey[] = [name],
): FieldError {
  const field = path.map((step) => String(step).slice(0, maxNameLength)).join('.');
  const nearest = nearestName(name, known);
  if (nearest !== undefined) return { field, message: `is unknown; did you mean ${nearest}?` };
  if (known.length === 0) return { field, message: 'is unknown; nothing may be sent here' };
  const listed = known.slice(0, maxListed).join(', ');
  return {
    field,
    message: `is unknown; known are ${listed}${known.length > maxListed ? ' and others' : ''}`,
  };
}

function pathOf({ path = [] }: { readonly path?: readonly PropertyKey[] }): string {
  return path.map((step) => String(step).slice(0, maxNameLength)).join('.');
}

function namesOf(schema: unknown): string[] {
  return schema instanceof z.core.$ZodObject ? Object.keys(schema._zod.def.shape) : [];
}

function wordsOf(issue: RawIssue, kind: InputKind): string {
  switch (issue.code) {
    case 'invalid_type':
      return typeWords(issue, kind);
    case 'invalid_value':
      return `must be ${oneOf(issue.values.map(String))}`;
    case 'invalid_format':
      return formats[issue.format] ?? 'does not have the form that is needed here';
    case 'too_small':
      return boundWords(issue.origin, 'at least', Number(issue.minimum));
    case 'too_big':
      return boundWords(issue.origin, 'at most', Number(issue.maximum));
    case 'invalid_union':
      return unionWords(issue);
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'unrecognized_keys':
      return 'has unknown fields';
    default:
      return 'is not accepted';
  }
}

const types: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  bigint: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a JSON object',
  record: 'a JSON object',
  null: 'null',
};

function typeWords(
  { expected, input, path = [] }: RawIssue & { code: 'invalid_type' },
  kind: InputKind,
): string {
  const needed = types[expected] ?? 'something else';
  if (path.length === 0 && kind === 'body') {
    return input === undefined ? `the body is missing: send ${needed}` : `the body must be ${needed}`;
  }
  if (input === undefined) return 'is required';
  if (Array.isArray(input) && kind === 'query') return 'must be given only once';
  // A number in text that is none.
  if (Number.isNaN(input)) return 'must be a whole number';
  return `must be ${needed}`;
}

const formats: Readonly<Record<string, string>> = {
  email: 'must be an e-mail address, such as alice@example.org',
  url: 'must be a URL, such as https://registry.example.org',
  datetime: 'must be a time with a zone, such as 2026-01-31T12:00:00Z',
  date: 'must be a date, such as 2026-01-31',
  time: 'must be a time, such as 12:00:00',
};

function boundWords(origin: string, side: 'at least' | 'at most', bound: number): string {
  if (origin === 'string') {
    if (side === 'at least' && bound === 1) return 'must not be empty';
    return `must have ${side} ${bound} ${bound === 1 ? 'character' : 'characters'}`;
  }
  if (origin === 'array' || origin === 'set' || origin === 'map') {
    return `must have ${side} ${bound} ${bound === 1 ? 'entry' : 'entries'}`;
  }
  return `must be ${side} ${bound}`;
}

// The discriminator of a union lists its values; other unions are of types.
function unionWords(issue: RawIssue & { code: 'invalid_union' }): string {
  const { inst, input } = issue;
  if (inst instanceof z.core.$ZodDiscriminatedUnion) {
    const values = inst._zod.def.options.flatMap((option) => [
      ...(option._zod.propValues?.[inst._zod.def.discriminator] ?? []),
    ]);
    return `must be ${oneOf(values.map(String))}`;
  }
  if (input === undefined) return 'is required';
  const options = inst instanceof z.core.$ZodUnion ? inst._zod.def.options : [];
  return `must be ${oneOf(options.map(({ _zod: { def } }) => types[def.type] ?? def.type))}`;
}

function oneOf(values: readonly string[]): string {
  if (values.length <= 1) return values.join('');
  return `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`;
}
