import type { ComponentChildren, VNode } from 'preact';
import type { PageContext } from '../rendering/page-context';

/** The pages of administration, by the second segment of their paths. */
export const adminPages = [
  'overview',
  'accounts',
  'official',
  'registries',
  'operations',
  'audit',
  'search',
] as const;
/** The second segment of the path of a page of administration. */
export type AdminPage = (typeof adminPages)[number];

interface AdminFrameProps {
  readonly context: PageContext;
  readonly page: AdminPage;
  /** The heading, if it is not the name of the page. */
  readonly heading?: VNode | string;
  readonly children: ComponentChildren;
}

/** What all pages of administration have: heading and menu. */
export function AdminFrame({ context, page, heading, children }: AdminFrameProps): VNode {
  const { admin } = context.messages;
  return (
    <>
      <h1>{heading ?? admin.pages[page]}</h1>
      <nav aria-label={admin.title}>
        <ul class="tabs">
          {adminPages.map((name) => (
            <li key={name}>
              <a href={`/admin/${name}`} aria-current={name === page ? 'page' : undefined}>
                {admin.pages[name]}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      {children}
    </>
  );
}
