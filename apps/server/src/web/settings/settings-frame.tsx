import type { ComponentChildren, VNode } from 'preact';
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
      <nav aria-label={settings.title}>
        <ul class="tabs">
          {settingsPages.map((name) => (
            <li key={name}>
              <a href={`/settings/${name}`} aria-current={name === page ? 'page' : undefined}>
                {settings.pages[name]}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      {children}
    </>
  );
}
