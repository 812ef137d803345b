import { en, type Messages } from './en';
import { zhCn } from './zh-cn';

/** The languages of the pages, by their tags (BCP 47). The first one is the default. */
export const locales = { en, 'zh-CN': zhCn } as const satisfies Readonly<Record<string, Messages>>;

/** The tag of a language of the pages. */
export type Locale = keyof typeof locales;

/** True for the tag of a language of the pages. */
export const isLocale = (tag: string | undefined): tag is Locale =>
  tag !== undefined && Object.hasOwn(locales, tag);

const maxRanges = 20;

/**
 * The language that an Accept-Language header prefers (RFC 9110, 12.5.4): a range matches by its primary subtag, so that
 * `zh`, `zh-TW` and `zh-Hans` get Chinese.
 */
export function preferredLocale(header: string | undefined): Locale {
  const ranges = (header ?? '')
    .split(',', maxRanges)
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().split(';');
      const quality = parameters.map((text) => /^\s*q=([\d.]+)\s*$/.exec(text)?.[1]).find(Boolean);
      return { primary: tag.toLowerCase().split('-')[0]!, quality: Number(quality ?? 1) };
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality);
  for (const { primary } of ranges) {
    const found = (Object.keys(locales) as Locale[]).find((tag) => tag.split('-')[0] === primary);
    if (found !== undefined) return found;
  }
  return 'en';
}
