import type { OpenAPIObject } from '@nestjs/swagger';
import type { z } from 'zod';

/** A schema of the document. */
export type Schema = Exclude<
  NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>[string],
  { $ref: string }
> & { $ref?: string };

// The generator of JSON schemas leaves the default out where text becomes another value.
const defaultKey = 'x-default';
const optionalBodyKey = 'x-optional-body';

/** Gives a parameter a default, in the document as well. */
export function withDefault<Value>(
  schema: z.ZodType<Value>,
  value: z.core.util.NoUndefined<Value>,
): z.ZodDefault<z.ZodType<Value>> {
  return schema.default(value).meta({ [defaultKey]: value });
}

/** Says in the document that a parameter that is absent means this value, which the schema itself does not fill in. */
export const documentedDefault = (value: unknown): Record<string, unknown> => ({ [defaultKey]: value });

/** Says in the document that the body of a request may be absent. */
export const optionalBody: Record<string, unknown> = { [optionalBodyKey]: true };

/** Removes the marks of this file, and bounds and patterns that say nothing, from every schema of a document. */
export function tidySchema(document: OpenAPIObject): void {
  for (const item of Object.values(document.paths)) {
    for (const operation of [item.put, item.post]) {
      const body = operation?.requestBody as Body | undefined;
      const reference = body?.content['application/json']?.schema.$ref?.split('/').at(-1) ?? '';
      if (body !== undefined && optionalBodyKey in (document.components?.schemas?.[reference] ?? {}))
        body.required = false;
    }
  }
  tidy(document);
}

interface Body {
  content: Record<string, { schema: Schema } | undefined>;
  required?: boolean;
}

function tidy(node: unknown): void {
  if (typeof node !== 'object' || node === null) return;
  const schema = node as Record<string, unknown>;
  if (defaultKey in schema) schema.default = schema[defaultKey];
  delete schema[defaultKey];
  delete schema[optionalBodyKey];
  // These are the bounds of every number that JavaScript can count with.
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  // The format says the same, in fewer than two hundred characters.
  if (['date', 'date-time', 'email'].includes(String(schema.format))) delete schema.pattern;
  Object.values(schema).forEach(tidy);
}
