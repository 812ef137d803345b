import type { ComponentChildren, VNode } from 'preact';
import { Tabs } from '../components/tabs';
import type { PageContext } from '../rendering/page-context';

/** The pages of settings, by the last segment of their paths. */
export const settingsPages = ['profile', 'password', 'tokens', 'sessions', 'logins'] as const;
/** The last segment of the path of a page of settings. */
export type SettingsPage = (typeof settingsPages)[number];

interface SettingsFrameProps {
  readonly context: PageContext;
  readonly page: SettingsPage;
  readonly children: ComponentChildren;
}

/** What all pages of settings have: heading and menu. */
export function SettingsFrame({ context, page, children }: SettingsFrameProps): VNode {
  const { settings } = context.messages;
  return (
    <>
      <h1>{settings.pages[page]}</h1>
      <Tabs
        label={settings.title}
        path="/settings"
        names={settingsPages}
        current={page}
        texts={settings.pages}
      />
      {children}
    </>
  );
}
