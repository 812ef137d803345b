import { localPath } from '../rendering/local-path';
import { listOf, textOf, type FormBody } from '../rendering/form';
import { formTokenField, onceField } from '../rendering/form-tokens';

/** A form that was sent after the session had ended: it is carried through the log-in, and sent again after it. */
export interface ResumedForm {
  /** Where it was sent. */
  readonly action: string;
  readonly fields: readonly (readonly [name: string, value: string])[];
}

/** The hidden field of the log-in form with the address of the form that is sent again. */
export const resumeField = 'resume';

// Those of the log-in form itself, and what no server writes into a page.
const ownFields = [
  formTokenField,
  onceField,
  resumeField,
  'next',
  'username',
  'password',
  'current_password',
];

/** The form as it was sent to this address. */
export function resumedForm(action: string, body: FormBody): ResumedForm {
  const names = Object.keys(body).filter((name) => !ownFields.includes(name));
  return {
    action,
    fields: names.flatMap((name) => listOf(body, name).map((value) => [name, value] as const)),
  };
}

/** The form that the log-in form carries; undefined if it carries none. */
export function carriedForm(body: FormBody): ResumedForm | undefined {
  const action = localPath(textOf(body, resumeField));
  return action === '/' ? undefined : resumedForm(action, body);
}
