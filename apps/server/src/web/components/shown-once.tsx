import type { ComponentChildren, VNode } from 'preact';
import type { PageContext } from '../rendering/page-context';
import { Command } from './command';

interface ShownOnceProps {
  readonly context: PageContext;
  /** What is to be done with it now. */
  readonly children: ComponentChildren;
  readonly secret: string;
}

/** A secret that this response contains and no other will. */
export function ShownOnce({ context, children, secret }: ShownOnceProps): VNode {
  return (
    <div class="notice" role="status">
      <p>{children}</p>
      <Command context={context} text={secret} />
    </div>
  );
}
