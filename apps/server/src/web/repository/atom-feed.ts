import type { TagPushRow } from '@central-index/repositories';
import { xmlText } from '../rendering/xml-text';
import type { PageContext } from '../rendering/page-context';

/** What a feed is made of. */
export interface PushFeed {
  /** The address of the repository. */
  readonly url: string;
  readonly name: string;
  readonly description: string;
  readonly createdAt: Date;
  /** Latest first. */
  readonly pushes: readonly TagPushRow[];
}

/** A feed of the pushes to a repository (RFC 4287), in the language of its reader. */
export function atomFeed({ messages, locale }: PageContext, feed: PushFeed): string {
  const { repositoryTexts: texts } = messages;
  const { url, name, description, createdAt, pushes } = feed;
  const updated = (pushes[0]?.at ?? createdAt).toISOString();
  const entries = pushes.map(({ tag, digest, at, reported, by }) => {
    const time = at.toISOString();
    const title = reported ? texts.pushedTo(`${name}:${tag}`) : texts.foundAt(`${name}:${tag}`);
    const page = `${url}/tags/${encodeURIComponent(tag)}`;
    return [
      '<entry>',
      `<id>${xmlText(`${page}?at=${time}#${digest}`)}</id>`,
      `<title>${xmlText(title)}</title>`,
      `<updated>${time}</updated>`,
      `<link rel="alternate" type="text/html" href="${xmlText(page)}"/>`,
      `<author><name>${xmlText(by ?? name)}</name></author>`,
      `<content type="text">${xmlText(by === null ? digest : texts.pushedBy(digest, by))}</content>`,
      '</entry>',
    ].join('');
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="${locale}">`,
    `<id>${xmlText(`${url}/feed.atom`)}</id>`,
    `<title>${xmlText(texts.feed(name))}</title>`,
    ...(description === '' ? [] : [`<subtitle>${xmlText(description)}</subtitle>`]),
    `<updated>${updated}</updated>`,
    `<link rel="self" type="application/atom+xml" href="${xmlText(`${url}/feed.atom`)}"/>`,
    `<link rel="alternate" type="text/html" href="${xmlText(url)}"/>`,
    ...entries,
    '</feed>',
    '',
  ].join('\n');
}
