import { StandardSchemaValidationPipe } from '@nestjs/common';
import { invalidInput } from '@central-index/platform/errors';

/** Validates body, query and parameters with the schema of the route, and answers with the fields that are wrong. */
export const validationPipe = (): StandardSchemaValidationPipe =>
  new StandardSchemaValidationPipe({
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
