import type { DomainError, FieldError } from '@central-index/platform/errors';
import { fieldProblemOf, isProblemCode, type FieldName } from '../messages/problems';
import type { PageContext } from './page-context';

type Words = Pick<PageContext, 'messages' | 'formats'>;

/** An error beside a field of a form. */
export interface FormError extends FieldError {
  /** The name of the field as readers know it; undefined for one that has no name in their language. */
  readonly label?: string;
}

/** What a page says about an error, in the language of its reader. */
export function problemText(error: DomainError, { messages, formats }: Words): string {
  const { message, retryAfterSeconds } = error;
  const facts = { message, wait: retryAfterSeconds === undefined ? '' : formats.duration(retryAfterSeconds) };
  return isProblemCode(error.code)
    ? messages.problems.codes[error.code](facts)
    : messages.problems.other(facts);
}

/** The rejected fields of an error, in the language of its reader; undefined if it names none. */
export function fieldProblems(error: DomainError, { messages }: Words): readonly FormError[] | undefined {
  const { publicDetail: detail } = error;
  if (!Array.isArray(detail) || detail.length === 0 || !detail.every(isFieldError)) return undefined;
  const { fields, values, otherValue } = messages.problems;
  return detail.map(({ field, message }) => {
    const found = fieldProblemOf(message);
    const text = found === undefined ? otherValue(message) : values[found.problem](found.figure);
    // Forms check some values themselves, and say so in the language of the page.
    const isTranslated = /\p{Script=Han}/u.test(message);
    const name = field.split('.', 1)[0]!;
    const label = Object.hasOwn(fields, name) ? fields[name as FieldName] : undefined;
    return { field: name, message: isTranslated ? message : text, label };
  });
}

function isFieldError(value: unknown): value is FieldError {
  const { field, message } = (value ?? {}) as Partial<FieldError>;
  return typeof field === 'string' && typeof message === 'string';
}
