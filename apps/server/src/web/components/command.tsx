import type { VNode } from 'preact';
import type { PageContext } from '../rendering/page-context';
import { verbatim } from './verbatim';

interface CommandProps {
  readonly context: PageContext;
  readonly text: string;
}

/** A command to copy. The script shows the button; without it the text can be selected. */
export function Command({ context, text }: CommandProps): VNode {
  const { copy, copied } = context.messages.repository;
  return (
    <div class="command">
      <pre>
        <code {...verbatim}>{text}</code>
      </pre>
      <button type="button" hidden data-copied={copied}>
        {copy}
      </button>
    </div>
  );
}
