import { accountOf, type Account } from '@central-index/accounts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CallerRequest } from '../../access/access.decorator';
import { formatsOf, type Formats } from '../messages/formats';
import type { Messages } from '../messages/en';
import { isLocale, locales, preferredLocale, type Locale } from '../messages/locale';
import type { FormTokens } from './form-tokens';

/** The colours of the pages; `auto` follows the system. */
export const themes = ['auto', 'light', 'dark'] as const;
/** One of the colours of the pages. */
export type Theme = (typeof themes)[number];

/** Names of the cookies that hold what a person chose. They are no secrets. */
export const preferenceCookies = {
  language: 'central-index-language',
  theme: 'central-index-theme',
} as const;

/** What every page depends on besides its own data: who asks, and in which language. */
export interface PageContext {
  /** Undefined for anonymous callers. */
  readonly account: Account | undefined;
  readonly locale: Locale;
  readonly messages: Messages;
  readonly formats: Formats;
  readonly theme: Theme;
  /** Path and query of the page, for links that lead back to it. */
  readonly address: string;
  /** The value of the hidden field of forms. Reading it may set a cookie. */
  readonly formToken: () => string;
}

/** The context of the response to a request. */
export function pageContext(request: CallerRequest, reply: FastifyReply, forms: FormTokens): PageContext {
  const locale = localeOf(request);
  return {
    account: request.caller && accountOf(request.caller),
    locale,
    messages: locales[locale],
    formats: formatsOf(locale),
    theme: themeOf(request),
    address: request.method === 'GET' ? request.originalUrl : request.originalUrl.split('?', 1)[0]!,
    formToken: () => forms.of(request, reply),
  };
}

function localeOf(request: FastifyRequest): Locale {
  const chosen = request.cookies?.[preferenceCookies.language];
  return isLocale(chosen) ? chosen : preferredLocale(request.headers['accept-language']);
}

function themeOf(request: FastifyRequest): Theme {
  const chosen = request.cookies?.[preferenceCookies.theme];
  return themes.find((theme) => theme === chosen) ?? 'auto';
}
