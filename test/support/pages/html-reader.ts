import { Parser } from 'htmlparser2';

/** An element of a page, with what surrounds it. */
export interface PageElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** The elements around it, the outermost first. */
  readonly ancestors: readonly PageElement[];
}

/** A piece of text of a page, with the elements around it. */
export interface PageText {
  readonly text: string;
  readonly ancestors: readonly PageElement[];
}

/** The elements and texts of a page, in the order of its source. */
export interface PageContent {
  readonly elements: readonly PageElement[];
  readonly texts: readonly PageText[];
}

/** Reads the HTML of a page. */
export function readHtml(html: string): PageContent {
  const elements: PageElement[] = [];
  const texts: PageText[] = [];
  const open: PageElement[] = [];
  let isContinued = false;
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        const element = { name, attributes: { ...attributes }, ancestors: [...open] };
        elements.push(element);
        open.push(element);
        isContinued = false;
      },
      ontext(text) {
        // The parser splits texts at character references.
        const { text: before = '', ancestors = [...open] } = (isContinued && texts.pop()) || {};
        texts.push({ text: before + text, ancestors });
        isContinued = true;
      },
      onclosetag() {
        open.pop();
        isContinued = false;
      },
    },
    { decodeEntities: true },
  );
  parser.end(html);
  return { elements, texts };
}

/** The addresses that a page links to, as written, without those of other sites and without fragments. */
export function linksOf({ elements }: PageContent): string[] {
  return elements
    .filter(({ name }) => name === 'a')
    .map(({ attributes }) => attributes['href'] ?? '')
    .filter((href) => href.startsWith('/') && !href.startsWith('//'))
    .map((href) => href.split('#', 1)[0]!);
}

/** Fragments of links within a page that lead to no element of it. */
export function deadFragments({ elements }: PageContent): string[] {
  const ids = new Set(elements.map(({ attributes }) => attributes['id']));
  return elements
    .filter(({ name }) => name === 'a')
    .map(({ attributes }) => attributes['href'] ?? '')
    .filter((href) => href.startsWith('#') && !ids.has(decodeURIComponent(href.slice(1))));
}
