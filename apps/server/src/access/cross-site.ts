import type { IncomingHttpHeaders } from 'node:http';

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * True when a browser says that another origin's page made it send a request that may change something. Browsers add
 * cookies, and Basic credentials they were once given, to such requests by themselves. Programs send neither header
 * and are no such danger.
 */
export function isCrossSite(method: string, headers: IncomingHttpHeaders, publicUrl: string): boolean {
  if (safeMethods.has(method)) return false;
  const site = headers['sec-fetch-site'];
  // `same-site` is not enough: other origins below one domain are other people's. `none` is the user himself.
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  const { origin } = headers;
  return origin !== undefined && origin !== publicUrl;
}
