import type { VNode } from 'preact';

/** A fact: its name, and its value as text or as markup. */
export type Fact = readonly [name: string, value: VNode | string];

/** Facts as a list of names and values. */
export function Facts({ facts }: { readonly facts: readonly Fact[] }): VNode {
  return (
    <dl>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
