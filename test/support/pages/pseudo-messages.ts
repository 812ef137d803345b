import { formatsOf } from '../../../apps/server/src/web/messages/formats';
import { locales, type Locale } from '../../../apps/server/src/web/messages/locale';
import type { PageContent, PageElement } from './html-reader';

// U+27E6 and U+27E7, which no text of a page contains.
const [start, end] = ['⟦', '⟧'];

type Catalogue = Record<string, unknown>;

/**
 * Encloses every text that the catalogues of this process give to pages, and what the formats of numbers and times give,
 * in white square brackets. Returns the function that undoes it.
 */
export function markMessages(): () => void {
  const undo = (Object.keys(locales) as Locale[]).flatMap((locale) => [
    mark(locales[locale] as unknown as Catalogue),
    mark(formatsOf(locale) as unknown as Catalogue),
  ]);
  return () => undo.forEach((step) => step());
}

// Catalogues are read-only for the compiler only: they are plain objects, which all pages of a process share.
function mark(catalogue: Catalogue): () => void {
  const steps = Object.entries(catalogue).map(([key, value]) => {
    if (typeof value === 'object') return mark(value as Catalogue);
    const original = value as string | ((...values: unknown[]) => string);
    catalogue[key] =
      typeof original === 'string'
        ? start + original + end
        : (...values: unknown[]) => start + original(...values) + end;
    return () => void (catalogue[key] = original);
  });
  return () => steps.forEach((step) => step());
}

// Attributes that people read, or that assistive programs read out.
const readAttributes = [
  'alt',
  'aria-label',
  'content',
  'data-copied',
  'data-suggest',
  'placeholder',
  'title',
];

/**
 * The texts of a page with marked messages that are in no catalogue, and not marked as data with `translate="no"` or as
 * a message of a service with `lang="en"` either. Titles and attributes cannot be marked: there, `data` and digests are
 * what they may contain.
 */
export function unmarkedTexts({ elements, texts }: PageContent, data: readonly string[]): string[] {
  const inTexts = texts
    .filter(({ ancestors }) => !ancestors.some(isVerbatim))
    .map(({ text, ancestors }) => (ancestors.at(-1)?.name === 'title' ? without(text, data) : text));
  const inAttributes = elements
    .filter(({ name, attributes }) => name !== 'meta' || isRead(attributes))
    .filter((element) => ![...element.ancestors, element].some(isVerbatim))
    .flatMap(({ attributes }) => readAttributes.map((name) => without(attributes[name] ?? '', data)));
  return [...inTexts, ...inAttributes].filter((text) => /\p{L}/u.test(withoutMessages(text)));
}

// Of a page, previews of links show these.
const isRead = ({ name, property }: PageElement['attributes']): boolean =>
  name === 'description' || /^og:(?:title|description|site_name|image:alt)$/.test(property ?? '');

const without = (text: string, data: readonly string[]): string =>
  [...data]
    .sort((a, b) => b.length - a.length)
    .reduce((rest, part) => rest.replaceAll(part, ''), text.replace(/sha256:[0-9a-f]{64}/g, ''));

// Messages may contain others.
function withoutMessages(text: string): string {
  let depth = 0;
  let rest = '';
  for (const char of text) {
    if (char === start) depth += 1;
    else if (char === end) depth -= 1;
    else if (depth === 0) rest += char;
  }
  return rest.replaceAll('Central Index', '');
}

const isVerbatim = ({ name, attributes }: PageElement): boolean =>
  attributes['translate'] === 'no' ||
  (name === 'span' && attributes['lang'] === 'en') ||
  ['code', 'article', 'textarea', 'script', 'style'].includes(name);
