import { Injectable, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import { checkInput, invalidInput, type InputKind } from '@central-index/platform/errors';
import type { z } from 'zod';

const prototypeNames = ['__proto__', 'constructor', 'prototype'];

const kinds: Partial<Record<ArgumentMetadata['type'], InputKind>> = {
  query: 'query',
  param: 'path',
  body: 'body',
};

/** Validates body, query and path parameters with the schemas of the route; throws VALIDATION_FAILED with the fields. */
@Injectable()
export class ValidationPipe implements PipeTransform {
  transform(value: unknown, { schema, type }: ArgumentMetadata): unknown {
    const kind = kinds[type];
    if (schema === undefined || kind === undefined) return value;
    // A schema would drop a field of this name silently, or set the prototype with it.
    const names = prototypeNames.filter(
      (name) => typeof value === 'object' && value !== null && Object.hasOwn(value, name),
    );
    if (names.length > 0) throw invalidInput(names.map((field) => ({ field, message: 'is unknown' })));
    const checked = checkInput(schema as unknown as z.ZodType, value, kind);
    if ('errors' in checked) throw invalidInput(checked.errors);
    return checked.value;
  }
}
