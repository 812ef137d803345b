import { StandardSchemaValidationPipe } from '@nestjs/common';
import { invalidInput } from '@central-index/platform/errors';

const prototypeNames = ['__proto__', 'constructor', 'prototype'];

// Refuses fields named like parts of a prototype, as a schema refuses unknown fields. Nest would drop them silently.
class ValidationPipe extends StandardSchemaValidationPipe {
  protected override stripProtoKeys(value: unknown): void {
    if (typeof value === 'object' && value !== null) {
      const names = prototypeNames.filter((name) => Object.hasOwn(value, name));
      if (names.length > 0) {
        throw invalidInput(names.map((field) => ({ field, message: 'is unknown' })));
      }
    }
    super.stripProtoKeys(value);
  }
}

/** Validates body, query and path parameters with the schemas of the route; throws VALIDATION_FAILED with the fields. */
export const validationPipe = (): StandardSchemaValidationPipe =>
  new ValidationPipe({
    exceptionFactory: (issues) =>
      invalidInput(
        issues.slice(0, 20).map((issue) => ({
          field: (issue.path ?? [])
            .map((step) => String(typeof step === 'object' ? step.key : step))
            .join('.'),
          message: issue.message,
        })),
      ),
  });
