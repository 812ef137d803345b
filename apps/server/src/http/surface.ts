/** The protocol families whose errors look different. */
export type Surface = 'v1' | 'token' | 'registry' | 'api';

/** Which surface a path belongs to. Takes the raw URL; the query does not matter. */
export function surfaceOf(url: string): Surface {
  const path = url.split('?', 1)[0] ?? '';
  if (path.startsWith('/v1/')) return 'v1';
  if (path === '/token' || path === '/token/') return 'token';
  if (path === '/v2' || path.startsWith('/v2/')) return 'registry';
  return 'api';
}
