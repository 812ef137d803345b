import type { FieldError } from '@central-index/platform/errors';
import type { VNode } from 'preact';
import { Field } from './form-fields';
import { verbatim } from './verbatim';

interface ControlProps {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly errors?: readonly FieldError[];
  readonly id?: string;
}

interface TextFieldProps extends ControlProps {
  readonly value?: string;
  readonly required?: boolean;
  readonly type?: 'text' | 'number' | 'email';
}

/** A line of text in a form. Its length is checked by the server, which gives back what was typed. */
export function TextField({ value = '', required = false, type = 'text', ...field }: TextFieldProps): VNode {
  return (
    <Field {...field}>
      {(attributes) => (
        <input
          {...attributes}
          type={type}
          value={value}
          required={required}
          autocomplete="off"
          spellcheck={false}
        />
      )}
    </Field>
  );
}

interface SelectFieldProps extends ControlProps {
  readonly value: string;
  /** Values and their texts. A text that equals its value is data, such as a name. */
  readonly options: readonly (readonly [value: string, text: string])[];
}

/** A choice of one of several values in a form. */
export function SelectField({ value, options, ...field }: SelectFieldProps): VNode {
  return (
    <Field {...field}>
      {(attributes) => (
        <select {...attributes}>
          {options.map(([one, text]) => (
            <option key={one} value={one} selected={one === value} {...(one === text ? verbatim : {})}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

interface CheckboxProps {
  readonly name: string;
  readonly label: string;
  readonly checked?: boolean;
}

/** A choice of yes or no in a form; `true` if it is checked, else absent. */
export function Checkbox({ name, label, checked = false }: CheckboxProps): VNode {
  return (
    <p>
      <label>
        <input type="checkbox" name={name} value="true" checked={checked} /> {label}
      </label>
    </p>
  );
}
