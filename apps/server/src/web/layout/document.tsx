import type { VNode } from 'preact';
import { render } from 'preact-render-to-string';
import type { Assets } from '../assets/assets';
import type { PageContext } from '../rendering/page-context';
import { Footer } from './footer';
import { Header } from './header';

/** A page without what all pages have around it. */
export interface Page {
  /** What it shows; the site's name follows it in the title. */
  readonly title: string;
  readonly body: VNode;
  readonly status?: number;
  /** For search engines and previews of links. */
  readonly description?: string;
  /** The one address of a page that has several, as a path. */
  readonly canonical?: string;
  /** True if search engines may list the page. */
  readonly isPublic?: boolean;
  /** What the search box holds. */
  readonly query?: string;
}

/** The HTML of a page. */
export function documentOf(page: Page, context: PageContext, assets: Assets): string {
  return `<!doctype html>${render(<Document page={page} context={context} assets={assets} />)}`;
}

interface DocumentProps {
  readonly page: Page;
  readonly context: PageContext;
  readonly assets: Assets;
}

function Document({ page, context, assets }: DocumentProps): VNode {
  const { locale, theme, messages } = context;
  return (
    <html lang={locale} data-theme={theme}>
      <head>
        <meta charset="utf-8" />
        <title>{`${page.title} · Central Index`}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content={theme === 'auto' ? 'light dark' : theme} />
        {page.description ? <meta name="description" content={page.description} /> : null}
        {page.isPublic ? null : <meta name="robots" content="noindex" />}
        <meta property="og:title" content={page.title} />
        {page.description ? <meta property="og:description" content={page.description} /> : null}
        {page.canonical ? <link rel="canonical" href={page.canonical} /> : null}
        <link rel="icon" href={assets.path('icon.svg')} type="image/svg+xml" />
        <link
          rel="search"
          type="application/opensearchdescription+xml"
          href="/opensearch.xml"
          title="Central Index"
        />
        <link rel="stylesheet" href={assets.path('style.css')} />
        <script src={assets.path('pages.js')} defer />
      </head>
      <body>
        <a class="skip" href="#content">
          {messages.site.skip}
        </a>
        <Header context={context} query={page.query ?? ''} />
        <main id="content">{page.body}</main>
        <Footer context={context} />
      </body>
    </html>
  );
}
