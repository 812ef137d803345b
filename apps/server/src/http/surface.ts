import { apiErrors } from './error-renderers/api.renderer';
import type { ErrorRenderer } from './error-renderers/error-renderer';
import { registryErrors } from './error-renderers/registry.renderer';
import { tokenErrors } from './error-renderers/token.renderer';
import { v1Errors } from './error-renderers/v1.renderer';

/** Groups of routes with one error format each. */
export type Surface = 'v1' | 'token' | 'registry' | 'api';

/** The error format of each surface. A new surface is a file in `error-renderers/`, a line here and one below. */
export const errorRenderers: Readonly<Record<Surface, ErrorRenderer>> = {
  v1: v1Errors,
  token: tokenErrors,
  registry: registryErrors,
  api: apiErrors,
};

/** The surface that a raw URL belongs to; its query is ignored. */
export function surfaceOf(url: string): Surface {
  const path = url.split('?', 1)[0] ?? '';
  if (path.startsWith('/v1/')) return 'v1';
  if (path === '/token' || path === '/token/') return 'token';
  if (path === '/v2' || path.startsWith('/v2/')) return 'registry';
  return 'api';
}
