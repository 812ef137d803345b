import { textOf, type FormBody } from './form';

/** One of the forms of a page as it was sent, to be shown again when it was not accepted. */
export interface TypedForm {
  readonly form: string;
  readonly body: FormBody;
}

/** The text of a field: what was typed if this form was sent, else its value. */
export function typedText(typed: TypedForm | undefined, form: string, field: string, value = ''): string {
  return typed?.form === form ? textOf(typed.body, field) : value;
}

/** Whether a checkbox is checked: as it was sent with this form, else its value. */
export function typedFlag(typed: TypedForm | undefined, form: string, field: string, value = false): boolean {
  return typed?.form === form ? typed.body[field] === 'true' : value;
}
