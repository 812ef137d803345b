import { parseRepositoryName } from '@central-index/naming';
import { alternatesOf, type Alternate } from './query-alternates';
import { fold, tokenizeQuery, wordsOf } from './tokenizer';

/** A parsed query. Engines retrieve by it and the scorer ranks by it. */
export interface SearchQuery {
  /** The normalised text; empty when the query finds nothing. */
  readonly text: string;
  /** Canonical paths that the text may be the exact name of, likeliest first. */
  readonly paths: readonly string[];
  /** The namespace of `ns/` and `ns/name`. */
  readonly namespace?: string;
  /** The name, or a prefix of it, of `name` and `ns/name`. */
  readonly name?: string;
  /** The words that a document must have, unless it matches by its name or namespace. */
  readonly words: readonly string[];
  /** Words that stand for some of `words`. */
  readonly alternates: readonly Alternate[];
}

const maxLength = 100;
const maxWords = 10;
// A name with its namespace has 255 characters at most, and may be pasted with a host, a tag and a digest.
const maxNameLength = 255;
const maxTypedLength = 1000;
const component = /^[a-z0-9][a-z0-9._-]*$/;
const quotes = /["'`´“”„‘’‚«»‹›]/g;
const blanks = /[\p{C}\p{Z}\s]+/gu;

/**
 * Parses a query as users type and paste it: `ns/name`, `ns/`, `docker.io/library/name:tag`, `name@sha256:…`,
 * `"quoted"`, `-name`, `name_`, several words. Never throws: a text without meaning is an empty query. A name counts
 * whole, of several words the first 100 characters.
 */
export function parseQuery(raw: string): SearchQuery {
  const typed = cut(fold(cut(raw, maxTypedLength)), maxTypedLength)
    .replace(quotes, ' ')
    .replace(blanks, ' ')
    .trim();
  const parts = partsOf(typed);
  const text = parts.join(' ');
  const tokens = tokenizeQuery(text);
  const words = wordsOf(tokens).slice(0, maxWords);
  const query = { text, paths: [], words, alternates: alternatesOf(tokens, words) };
  if (parts.length !== 1) return query;

  const [first = '', second, ...deeper] = text.split('/');
  if (!component.test(first) || deeper.length > 0) return query;
  if (second === undefined) return { ...query, paths: exactPaths(typed, text), name: first };
  if (second === '') return { ...query, namespace: first };
  if (!component.test(second)) return query;
  return { ...query, paths: exactPaths(typed, text), namespace: first, name: second };
}

// The words without decoration, cut at the end. What is cut may leave another decoration.
function partsOf(typed: string): string[] {
  const parts = typed.split(' ').map(withoutDecoration).filter(Boolean);
  const text = parts.join(' ');
  const shorter = cut(text, parts.length === 1 ? maxNameLength : maxLength);
  return shorter === text ? parts : partsOf(shorter);
}

// An imported namespace may contain a dot, so what looks like a host can be one: the name as typed counts as well.
function exactPaths(typed: string, text: string): string[] {
  const paths = [typed, text].map((name) => parseRepositoryName(name)?.path);
  return [...new Set(paths)].filter((path) => path !== undefined);
}

// By code points, so that no surrogate pair is split.
function cut(text: string, length: number): string {
  return text.length > length
    ? Array.from(text.slice(0, 2 * length))
        .slice(0, length)
        .join('')
    : text;
}

// Repeated until nothing changes, so that parsing a normalised text returns it. It ends because each step only shortens.
function withoutDecoration(part: string): string {
  for (let text = part; ;) {
    const shorter = [withoutEdges, withoutHost, withoutReference, withoutLibrary].reduce(
      (rest, step) => step(rest),
      text,
    );
    if (shorter === text) return text;
    text = shorter;
  }
}

// A slash at the end remains after a single component: `ns/` asks for everything in a namespace.
function withoutEdges(text: string): string {
  const inner = text.replace(/^[^\p{L}\p{N}]+/u, '').replace(/[^\p{L}\p{N}\p{M}/]+$/u, '');
  const body = inner.replace(/\/+$/, '');
  return body !== inner && !body.includes('/') ? `${body}/` : body;
}

// Docker's rule: what contains a dot or a colon before the first slash, or is `localhost`, is a host.
function withoutHost(text: string): string {
  const rest = text.replace(/^[a-z][a-z0-9+.-]*:\/\//, '');
  const slash = rest.indexOf('/');
  const first = rest.slice(0, Math.max(slash, 0));
  return first === 'localhost' || /[.:]/.test(first) ? rest.slice(slash + 1) : rest;
}

function withoutReference(text: string): string {
  return text.replace(/@[a-z0-9+._-]+:.*$/, '').replace(/(?<=[a-z0-9]):[a-z0-9_][a-z0-9._-]*$/, '');
}

function withoutLibrary(text: string): string {
  return /^library\/./.test(text) ? text.slice('library/'.length) : text;
}
