import type { ComponentChildren, VNode } from 'preact';
import { verbatim } from './verbatim';

interface TableProps {
  /** What the table holds, for assistive programs. */
  readonly name: string;
  readonly headings: readonly string[];
  /** True if all cells hold what users or programs wrote. */
  readonly isVerbatim?: boolean;
  /** The rows. */
  readonly children: ComponentChildren;
}

/** A table that scrolls sideways by itself, also with the keyboard, so that the page does not. */
export function Table({ name, headings, isVerbatim = false, children }: TableProps): VNode {
  return (
    <section class="scrolling" tabIndex={0} aria-label={name}>
      <table>
        <thead>
          <tr>
            {headings.map((heading) => (
              <th key={heading} scope="col">
                {heading}
              </th>
            ))}
          </tr>
        </thead>
        <tbody {...(isVerbatim ? verbatim : {})}>{children}</tbody>
      </table>
    </section>
  );
}
