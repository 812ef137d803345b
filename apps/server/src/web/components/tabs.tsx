import type { VNode } from 'preact';

interface TabsProps {
  /** What the menu is called. */
  readonly label: string;
  /** The path that the names follow. */
  readonly path: string;
  readonly names: readonly string[];
  readonly current: string;
  /** The texts of the names. */
  readonly texts: Readonly<Record<string, string>>;
}

/** The menu of pages that belong together. */
export function Tabs({ label, path, names, current, texts }: TabsProps): VNode {
  return (
    <nav aria-label={label}>
      <ul class="tabs">
        {names.map((name) => (
          <li key={name}>
            <a href={`${path}/${name}`} aria-current={name === current ? 'page' : undefined}>
              {texts[name]}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
