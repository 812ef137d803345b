import type { FieldError } from '@central-index/platform/errors';
import type { ComponentChildren, VNode } from 'preact';
import type { PageContext } from '../rendering/page-context';
import { TextField } from './controls';
import { FormToken } from './form-fields';

interface ActionProps {
  readonly context: PageContext;
  readonly action: string;
  readonly text: string;
  /** What it is done to, for assistive programs, where several buttons have one text. */
  readonly subject?: string;
  readonly hidden?: Readonly<Record<string, string>>;
}

/** A form of one button. */
export function ActionButton({ context, action, text, subject, hidden = {} }: ActionProps): VNode {
  return (
    <form method="post" action={action}>
      <FormToken context={context} once />
      {Object.entries(hidden).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <button class="second" aria-label={subject === undefined ? undefined : `${text}: ${subject}`}>
        {text}
      </button>
    </form>
  );
}

interface ConfirmedActionProps {
  readonly context: PageContext;
  readonly action: string;
  readonly text: string;
  /** The full name, which has to be typed. */
  readonly name: string;
  readonly errors: readonly FieldError[];
  /** What ids of the field begin with, where a page has several such forms. */
  readonly id?: string;
  readonly children?: ComponentChildren;
}

/** A form for what cannot be undone: it is done after its name was typed. */
export function ConfirmedAction({
  context,
  action,
  text,
  name,
  errors,
  id,
  children,
}: ConfirmedActionProps): VNode {
  return (
    <form method="post" action={action}>
      <FormToken context={context} once />
      {children}
      <TextField
        name="confirm"
        id={id}
        label={context.messages.forms.confirm(name)}
        errors={errors}
        required
      />
      <button class="danger">{text}</button>
    </form>
  );
}
