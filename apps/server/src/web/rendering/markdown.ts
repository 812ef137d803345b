import { LRUCache } from 'lru-cache';
import hljs from 'highlight.js/lib/common';
import { Marked } from 'marked';
import sanitizeHtml from 'sanitize-html';
import { createHash } from 'node:crypto';
import { cut, withinTime } from './time-limit';
import { resolved, sourceLinks, type SourceLinks } from './source-links';

const timeoutMs = 50;
const maxAttempts = 3;
const cachedCharacters = 4_000_000;
// On a busy machine, what is not hostile may be cut as well.
const cutTtlMs = 10_000;
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
    // Forms are not allowed, so that a control could not stay.
    checkbox: ({ checked }) => (checked ? '☑ ' : '☐ '),
  },
});

/** The options of a rendering. */
export interface MarkdownOptions {
  /** The address of the source, which relative links refer to. */
  readonly source?: string;
}

/**
 * HTML of GitHub-flavoured Markdown that a user wrote. Of the HTML in it only formatting remains; links and images
 * are https or mail, and send no referrer. Headings begin below the page's own and have anchors. What is not rendered
 * within 50 ms is shown as it was written.
 */
export function renderMarkdown(text: string, { source }: MarkdownOptions = {}): string {
  const key = createHash('sha256')
    .update(`${source ?? ''}\n${text}`)
    .digest('base64');
  let html = cache.get(key);
  if (html !== undefined) return html;
  prepare();
  const rendered = renderInTime(text, sourceLinks(source));
  html = rendered === cut ? `<pre tabindex="0">${escape(text)}</pre>` : rendered;
  cache.set(key, html, rendered === cut ? { ttl: cutTtlMs } : {});
  return html;
}

let isPrepared = false;

// A grammar is compiled at its first use, which must not be cut. The first rendering of all takes longer than others.
function prepare(): void {
  if (isPrepared) return;
  isPrepared = true;
  for (const language of hljs.listLanguages()) hljs.highlight('x', { language });
  render('# a\n\n* [b](https://example.org) `c`\n\n| d |\n|---|\n| e |\n', undefined);
}

// Where the process had to wait for a processor, the time was not spent on this text.
function renderInTime(text: string, links: SourceLinks | undefined): string | typeof cut {
  for (let attempt = 1; ; attempt += 1) {
    const started = process.cpuUsage();
    const rendered = withinTime(timeoutMs, () => render(text, links));
    const { user, system } = process.cpuUsage(started);
    const usedMs = (user + system) / 1_000;
    if (rendered !== cut || usedMs > timeoutMs / 2 || attempt === maxAttempts) return rendered;
  }
}

function render(text: string, links: SourceLinks | undefined): string {
  const anchors = new Anchors();
  return sanitizeHtml(marked.parse(text, { async: false }), {
    allowedTags,
    allowedAttributes: {
      a: ['href', 'rel', 'title'],
      img: ['src', 'alt', 'title', 'width', 'height', 'loading', 'referrerpolicy'],
      th: ['class', 'colspan', 'rowspan'],
      td: ['class', 'colspan', 'rowspan'],
      ol: ['start'],
      span: ['class'],
      pre: ['tabindex'],
      table: ['tabindex'],
      '*': ['id'],
    },
    allowedClasses: { span: ['hljs-*'], th: ['align-*'], td: ['align-*'] },
    allowedSchemes: ['https', 'http', 'mailto'],
    allowedSchemesByTag: { img: ['https'] },
    allowProtocolRelative: false,
    nestingLimit: 60,
    transformTags: {
      a: (_, { href, title }) => ({
        tagName: 'a',
        attribs: {
          ...withAddress('href', href, links?.pages),
          ...(title ? { title } : {}),
          rel: 'nofollow ugc noopener',
        },
      }),
      img: (_, { src, alt = '', title, width, height }) => ({
        tagName: 'img',
        attribs: {
          ...withAddress('src', src, links?.files),
          alt,
          ...(title ? { title } : {}),
          ...(width && /^\d{1,4}$/.test(width) ? { width } : {}),
          ...(height && /^\d{1,4}$/.test(height) ? { height } : {}),
          loading: 'lazy',
          referrerpolicy: 'no-referrer',
        },
      }),
      ...headings,
      ...cells,
      ...scrolling,
      '*': (tagName, { id: _, ...attribs }) => ({ tagName, attribs }),
    },
    textFilter: (html) => html,
    exclusiveFilter: (frame) => frame.tag === 'img' && !frame.attribs['src'],
  }).replace(/<h([2-6])>([\s\S]*?)<\/h\1>/g, (_, level: string, inner: string) => {
    return `<h${level} id="${anchors.of(inner)}">${inner}</h${level}>`;
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

// These scroll sideways by themselves, which the keyboard must reach.
const scrolling = Object.fromEntries(
  ['pre', 'table'].map((name) => [name, () => ({ tagName: name, attribs: { tabindex: '0' } })]),
);

// Columns are aligned by the style sheet: the attribute for it is none of HTML's.
const cells = Object.fromEntries(
  ['th', 'td'].map((name) => [
    name,
    (_: string, { align = '', colspan, rowspan }: sanitizeHtml.Attributes) => ({
      tagName: name,
      attribs: {
        ...(/^(?:left|center|right)$/.test(align) ? { class: `align-${align}` } : {}),
        ...(colspan && /^\d{1,3}$/.test(colspan) ? { colspan } : {}),
        ...(rowspan && /^\d{1,3}$/.test(rowspan) ? { rowspan } : {}),
      },
    }),
  ]),
);

function withAddress(
  name: string,
  address: string | undefined,
  base: string | undefined,
): Record<string, string> {
  if (address === undefined || /^[\\/]{2}/.test(address)) return {};
  if (address.startsWith('#')) return name === 'href' ? { href: `#readme-${slug(address.slice(1))}` } : {};
  if (/^[a-z][a-z0-9+.-]*:/i.test(address)) return { [name]: address };
  const absolute = base === undefined ? undefined : resolved(address, base);
  return absolute === undefined ? {} : { [name]: absolute };
}

// The anchors of one README, each of which exists once.
class Anchors {
  private readonly used = new Set<string>();
  private readonly counts = new Map<string, number>();

  of(html: string): string {
    const name = `readme-${slug(html.replace(/<[^>]*>/g, '').replace(/&[a-z]+;/g, ''))}`;
    for (let count = this.counts.get(name) ?? 0; ; count += 1) {
      const id = count === 0 ? name : `${name}-${count}`;
      if (this.used.has(id)) continue;
      this.used.add(id);
      this.counts.set(name, count + 1);
      return id;
    }
  }
}

const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s+/g, '-')
    .slice(0, 80);

const escape = (text: string): string => text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
