import { invalidInput } from '@central-index/platform/errors';
import { textOf, type FormBody } from '../rendering/form';
import type { PageContext } from '../rendering/page-context';

/** Throws unless the full name of what is deleted was typed into the field `confirm`. */
export function requireConfirmation({ messages }: PageContext, body: FormBody, name: string): void {
  if (textOf(body, 'confirm').trim() === name) return;
  throw invalidInput([{ field: 'confirm', message: messages.forms.notConfirmed }]);
}
