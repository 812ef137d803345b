import { isUtf8 } from 'node:buffer';

/** A name and a secret from `Authorization: Basic`. */
export interface BasicCredentials {
  readonly name: string;
  readonly secret: string;
}

/**
 * Reads `Authorization: Basic` (RFC 7617); undefined for any other text. Challenges ask for UTF-8; what is no UTF-8 is read
 * as ISO-8859-1, which Python's requests and old browsers send.
 */
export function readBasic(authorization: string | undefined): BasicCredentials | undefined {
  const [, encoded = ''] = /^basic +(\S+)$/i.exec(authorization ?? '') ?? [];
  const bytes = Buffer.from(encoded, 'base64');
  const text = bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1');
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : { name: text.slice(0, colon), secret: text.slice(colon + 1) };
}

/** True for Basic credentials without name and secret: docker sends `Basic Og==` when no user is logged in. */
export function isEmptyBasic(authorization: string): boolean {
  const basic = /^basic(?: +(\S*))?$/i.exec(authorization.trim());
  return basic !== null && ['', ':'].includes(Buffer.from(basic[1] ?? '', 'base64').toString('latin1'));
}
