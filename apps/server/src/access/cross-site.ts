import type { IncomingHttpHeaders } from 'node:http';

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * True when a browser reports that a page of another origin made it send a request that may change state. Browsers add
 * cookies and stored Basic credentials to such requests. Other programs send neither of the two headers, and no page of
 * another site can make them send requests.
 */
export function isCrossSite(method: string, headers: IncomingHttpHeaders, publicUrl: string): boolean {
  if (safeMethods.has(method)) return false;
  const site = headers['sec-fetch-site'];
  // `same-site` is not enough: other origins of one domain may belong to others. `none`: the user typed the address.
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  const { origin } = headers;
  return origin !== undefined && origin !== publicUrl;
}
