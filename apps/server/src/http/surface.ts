import type { FastifyRequest } from 'fastify';
import { apiErrors } from './error-renderers/api.renderer';
import type { ErrorRenderer } from './error-renderers/error-renderer';
import { registryErrors } from './error-renderers/registry.renderer';
import { tokenErrors } from './error-renderers/token.renderer';
import { v1Errors } from './error-renderers/v1.renderer';

/** Groups of routes with one format of bodies and errors each. */
export type Surface = 'v1' | 'token' | 'registry' | 'hooks' | 'api' | 'pages';

/**
 * The error format of each surface but that of pages, which depends on who asks. A new surface is a file in
 * `error-renderers/`, a line here and one below.
 */
export const errorRenderers: Readonly<Record<Exclude<Surface, 'pages'>, ErrorRenderer>> = {
  v1: v1Errors,
  token: tokenErrors,
  registry: registryErrors,
  hooks: apiErrors,
  api: apiErrors,
};

/**
 * The surface of a request: that of the matched route, because one route has many spellings of its path. A request that
 * no route matched belongs to the surface whose path it wrote.
 */
export function surfaceOf(request: FastifyRequest): Surface {
  // A path that cannot be decoded is routed as `/`, which it does not ask for.
  const isRouted = request.url === request.originalUrl;
  const path = (isRouted ? request.routeOptions.url : undefined) ?? request.originalUrl.split('?', 1)[0]!;
  if (path === '/v1' || path.startsWith('/v1/')) return 'v1';
  if (path === '/token' || path === '/token/') return 'token';
  if (path === '/v2' || path.startsWith('/v2/')) return 'registry';
  if (path.startsWith('/hooks/')) return 'hooks';
  return isPage(request, path) ? 'pages' : 'api';
}

const pagePaths =
  /^\/(?:$|(?:r|_|u|search|login|logout|signup|new|help|preferences|settings|admin|password-resets)(?:\/|$))/;

// Of the paths that nothing is at, browsers get a page.
function isPage({ is404, headers }: FastifyRequest, path: string): boolean {
  if (pagePaths.test(path)) return true;
  return is404 && !path.startsWith('/api/') && (headers.accept ?? '').includes('text/html');
}
