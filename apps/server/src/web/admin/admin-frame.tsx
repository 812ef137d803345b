import type { ComponentChildren, VNode } from 'preact';
import { Tabs } from '../components/tabs';
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
      <Tabs label={admin.title} path="/admin" names={adminPages} current={page} texts={admin.pages} />
      {children}
    </>
  );
}
