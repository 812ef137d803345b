import type { FieldError } from '@central-index/platform/errors';
import type { VNode } from 'preact';
import { Field } from './form-fields';

interface PasswordFieldProps {
  readonly name: 'password' | 'current_password';
  readonly label: string;
  readonly hint?: string;
  readonly errors: readonly FieldError[];
  /** True for a password that is chosen here, which password managers may make up. */
  readonly isNew?: boolean;
}

/** A password in a form. It is never filled in by the server. */
export function PasswordField({ isNew = false, ...field }: PasswordFieldProps): VNode {
  return (
    <Field {...field}>
      {(attributes) => (
        <input
          {...attributes}
          type="password"
          required
          maxLength={4096}
          autocomplete={isNew ? 'new-password' : 'current-password'}
        />
      )}
    </Field>
  );
}
