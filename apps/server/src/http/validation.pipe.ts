import { StandardSchemaValidationPipe } from '@nestjs/common';
import { invalidInput } from '@central-index/platform/errors';

const ofPrototypes = ['__proto__', 'constructor', 'prototype'];

// Refuses names that reach for prototypes, as a schema does any unknown name: Nest would drop them unread before it.
class ValidationPipe extends StandardSchemaValidationPipe {
  protected override stripProtoKeys(value: unknown): void {
    if (typeof value === 'object' && value !== null) {
      const names = ofPrototypes.filter((name) => Object.hasOwn(value, name));
      if (names.length > 0) {
        throw invalidInput(names.map((field) => ({ field, message: 'is not known here' })));
      }
    }
    super.stripProtoKeys(value);
  }
}

/** Validates body, query and parameters with the schema of the route, and answers with the fields that are wrong. */
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
