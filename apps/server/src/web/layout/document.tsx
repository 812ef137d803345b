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
  /** The path of a feed of what the page is about, and what the feed is called. */
  readonly feed?: { readonly path: string; readonly title: string };
  /** True if search engines may list the page. */
  readonly isPublic?: boolean;
  /** What the search box holds. */
  readonly query?: string;
}

/** What a document is made of. */
export interface DocumentProps {
  readonly page: Page;
  readonly context: PageContext;
  readonly assets: Assets;
  /** The origin that clients see, for what must be an absolute address. */
  readonly publicUrl: string;
}

/** The HTML of a page. */
export function documentOf(props: DocumentProps): string {
  return `<!doctype html>${render(<Document {...props} />)}`;
}

function Document({ page, context, assets, publicUrl }: DocumentProps): VNode {
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
        {page.isPublic ? <OpenGraph page={page} locale={locale} publicUrl={publicUrl} /> : null}
        {page.canonical ? <link rel="canonical" href={publicUrl + page.canonical} /> : null}
        {page.feed === undefined ? null : (
          <link rel="alternate" type="application/atom+xml" href={page.feed.path} title={page.feed.title} />
        )}
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

interface OpenGraphProps extends Pick<DocumentProps, 'page' | 'publicUrl'> {
  readonly locale: string;
}

// What other sites show of a link to the page (https://ogp.me).
function OpenGraph({ page, locale, publicUrl }: OpenGraphProps): VNode {
  return (
    <>
      <meta property="og:type" content="website" />
      <meta property="og:site_name" content="Central Index" />
      <meta property="og:locale" content={locale.replace('-', '_')} />
      <meta property="og:title" content={page.title} />
      {page.description ? <meta property="og:description" content={page.description} /> : null}
      {page.canonical ? <meta property="og:url" content={publicUrl + page.canonical} /> : null}
    </>
  );
}
