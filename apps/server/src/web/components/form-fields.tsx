import type { FieldError } from '@central-index/platform/errors';
import { randomBytes } from 'node:crypto';
import type { ComponentChildren, VNode } from 'preact';
import { formTokenField, onceField } from '../rendering/form-tokens';
import type { PageContext } from '../rendering/page-context';
import type { FormError } from '../rendering/problem-text';

interface FormTokenProps {
  readonly context: PageContext;
  /** True if the form has one effect however often it is sent. */
  readonly once?: boolean;
}

/** The hidden fields that every form of a POST has. */
export function FormToken({ context, once = false }: FormTokenProps): VNode {
  return (
    <>
      <input type="hidden" name={formTokenField} value={context.formToken()} />
      {once ? <input type="hidden" name={onceField} value={randomBytes(16).toString('base64url')} /> : null}
    </>
  );
}

interface FieldProps {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly errors?: readonly FieldError[];
  /** What its ids begin with, where a page has several fields of one name. */
  readonly id?: string;
  readonly children: (attributes: FieldAttributes) => VNode;
}

/** What a control needs to belong to its label, hint and error. */
export interface FieldAttributes {
  readonly id: string;
  readonly name: string;
  readonly 'aria-describedby'?: string;
  readonly 'aria-invalid'?: boolean;
}

/** A control with its label, a hint, and what was wrong with its value. */
export function Field({ name, label, hint, errors = [], id = name, children }: FieldProps): VNode {
  const wrong = errors.filter(({ field }) => field === name);
  const described = [
    ...(hint === undefined ? [] : [`${id}-hint`]),
    ...(wrong.length === 0 ? [] : [`${id}-error`]),
  ];
  return (
    <div class="field">
      <label for={`${id}-field`}>{label}</label>
      {children({
        id: `${id}-field`,
        name,
        ...(described.length === 0 ? {} : { 'aria-describedby': described.join(' ') }),
        ...(wrong.length === 0 ? {} : { 'aria-invalid': true }),
      })}
      {hint === undefined ? null : (
        <p id={`${id}-hint`} class="hint">
          {hint}
        </p>
      )}
      {wrong.length === 0 ? null : (
        <p id={`${id}-error`} class="error">
          {wrong.map(({ message }) => message).join('; ')}
        </p>
      )}
    </div>
  );
}

/** A message above a form: what was wrong with it as a whole. */
export function FormMessage({ children }: { readonly children?: ComponentChildren }): VNode | null {
  return children ? (
    <p class="notice" role="alert">
      {children}
    </p>
  ) : null;
}

/** The errors of a form that belong to none of its fields, as one text. */
export function otherErrors(errors: readonly FormError[], fields: readonly string[]): string {
  return errors
    .filter(({ field }) => !fields.includes(field))
    .map(({ field, message, label = field }) => (label === '' ? message : `${label} ${message}`))
    .join('; ');
}
