import { LRUCache } from 'lru-cache';
import hljs from 'highlight.js/lib/common';
import { Marked } from 'marked';
import sanitizeHtml from 'sanitize-html';
import { createHash } from 'node:crypto';

// A README has at most 25,000 characters; a page of these is made in 50 ms at most.
const cachedCharacters = 4_000_000;
const cache = new LRUCache<string, string>({
  maxSize: cachedCharacters,
  sizeCalculation: (html) => html.length + 100,
});
const maxCodeLength = 10_000;

const marked = new Marked({
  gfm: true,
  renderer: {
    code({ text, lang }) {
      const language = (lang ?? '').split(/\s/)[0]!;
      const known = hljs.getLanguage(language) !== undefined && text.length <= maxCodeLength;
      const html = known ? hljs.highlight(text, { language, ignoreIllegals: true }).value : escape(text);
      return `<pre><code>${html}</code></pre>\n`;
    },
  },
});

/** The options of a rendering. */
export interface MarkdownOptions {
  /** The https address that relative links refer to, such as the source of an image. */
  readonly base?: string;
}

/**
 * HTML of GitHub-flavoured Markdown that a user wrote. Of the HTML in it only formatting remains; links and images
 * are https or mail, and send no referrer. Headings begin below the page's own and have anchors.
 */
export function renderMarkdown(text: string, { base }: MarkdownOptions = {}): string {
  const key = createHash('sha256')
    .update(`${base ?? ''}\n${text}`)
    .digest('base64');
  let html = cache.get(key);
  if (html === undefined) cache.set(key, (html = render(text, base)));
  return html;
}

function render(text: string, base: string | undefined): string {
  const ids = new Map<string, number>();
  return sanitizeHtml(marked.parse(text, { async: false }), {
    allowedTags,
    allowedAttributes: {
      a: ['href', 'rel', 'title'],
      img: ['src', 'alt', 'title', 'width', 'height', 'loading', 'referrerpolicy'],
      th: ['align', 'colspan', 'rowspan'],
      td: ['align', 'colspan', 'rowspan'],
      ol: ['start'],
      span: ['class'],
      '*': ['id'],
    },
    allowedClasses: { span: ['hljs-*'] },
    allowedSchemes: ['https', 'http', 'mailto'],
    allowedSchemesByTag: { img: ['https'] },
    allowProtocolRelative: false,
    nestingLimit: 60,
    transformTags: {
      a: (_, { href, title }) => ({
        tagName: 'a',
        attribs: {
          ...withAddress('href', href, base),
          ...(title ? { title } : {}),
          rel: 'nofollow ugc noopener',
        },
      }),
      img: (_, { src, alt = '', title, width, height }) => ({
        tagName: 'img',
        attribs: {
          ...withAddress('src', src, base),
          alt,
          ...(title ? { title } : {}),
          ...(width && /^\d{1,4}$/.test(width) ? { width } : {}),
          ...(height && /^\d{1,4}$/.test(height) ? { height } : {}),
          loading: 'lazy',
          referrerpolicy: 'no-referrer',
        },
      }),
      ...headings,
      '*': (tagName, { id: _, ...attribs }) => ({ tagName, attribs }),
    },
    textFilter: (html) => html,
    exclusiveFilter: (frame) => frame.tag === 'img' && !frame.attribs['src'],
  }).replace(/<h([2-6])>([\s\S]*?)<\/h\1>/g, (_, level: string, inner: string) => {
    const id = anchorOf(inner, ids);
    return `<h${level} id="${id}">${inner}</h${level}>`;
  });
}

// Formatting only: nothing that runs, loads, submits, or has a style of its own.
const allowedTags = (
  'h2 h3 h4 h5 h6 p br hr blockquote pre code ul ol li dl dt dd table thead tbody tr th td a img em strong b i del s ' +
  'sub sup kbd samp var details summary abbr q cite small mark span'
).split(' ');

// The page has the first heading, and one for the README.
const headings = Object.fromEntries(
  [1, 2, 3, 4, 5].map((level) => [`h${level}`, `h${Math.min(6, level + 2)}`]),
);

function withAddress(
  name: string,
  address: string | undefined,
  base: string | undefined,
): Record<string, string> {
  if (address === undefined || address.startsWith('//')) return {};
  if (address.startsWith('#')) return name === 'href' ? { href: `#readme-${slug(address.slice(1))}` } : {};
  if (/^[a-z][a-z0-9+.-]*:/i.test(address)) return { [name]: address };
  return base !== undefined && URL.canParse(address, base) ? { [name]: new URL(address, base).href } : {};
}

function anchorOf(html: string, ids: Map<string, number>): string {
  const name = slug(html.replace(/<[^>]*>/g, '').replace(/&[a-z]+;/g, ''));
  const count = ids.get(name) ?? 0;
  ids.set(name, count + 1);
  return `readme-${name}${count === 0 ? '' : `-${count}`}`;
}

const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s+/g, '-')
    .slice(0, 80);

const escape = (text: string): string => text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
