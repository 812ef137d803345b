import type { FieldError } from '@central-index/platform/errors';
import type { VNode } from 'preact';
import { Field } from '../components/form-fields';

interface UsernameFieldProps {
  readonly label: string;
  readonly hint?: string;
  readonly value: string;
  readonly errors: readonly FieldError[];
}

/** The user name in a form, as password managers find it. */
export function UsernameField({ value, ...field }: UsernameFieldProps): VNode {
  return (
    <Field name="username" {...field}>
      {(attributes) => (
        <input
          {...attributes}
          value={value}
          required
          maxLength={255}
          autocomplete="username"
          autocapitalize="none"
          spellcheck={false}
        />
      )}
    </Field>
  );
}
