import type { FastifyRequest } from 'fastify';
import { apiErrors } from './error-renderers/api.renderer';
import type { ErrorRenderer } from './error-renderers/error-renderer';
import { registryErrors } from './error-renderers/registry.renderer';
import { tokenErrors } from './error-renderers/token.renderer';
import { v1Errors } from './error-renderers/v1.renderer';

/** Groups of routes with one format of bodies and errors each. */
export type Surface = 'v1' | 'token' | 'registry' | 'hooks' | 'api';

/** The error format of each surface. A new surface is a file in `error-renderers/`, a line here and one below. */
export const errorRenderers: Readonly<Record<Surface, ErrorRenderer>> = {
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
  const path = request.routeOptions.url ?? request.url.split('?', 1)[0] ?? '';
  if (path.startsWith('/v1/')) return 'v1';
  if (path === '/token' || path === '/token/') return 'token';
  if (path === '/v2' || path.startsWith('/v2/')) return 'registry';
  if (path.startsWith('/hooks/')) return 'hooks';
  return 'api';
}
