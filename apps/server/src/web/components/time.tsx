import type { VNode } from 'preact';
import type { PageContext } from '../rendering/page-context';

interface TimeProps {
  readonly context: PageContext;
  readonly at: Date;
}

/** A day, hour and minute on one line. */
export function Time({ context, at }: TimeProps): VNode {
  return <time dateTime={at.toISOString()}>{context.formats.time(at)}</time>;
}
