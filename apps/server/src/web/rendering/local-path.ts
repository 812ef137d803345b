const base = 'http://index.invalid';

/**
 * A path of this site from the query or a form (`next`); `/` for anything that a browser could take for the address of
 * another site: other origins, `//host`, backslashes, control characters.
 */
export function localPath(value: unknown): string {
  if (typeof value !== 'string' || value.length > 2_000) return '/';

  if (!value.startsWith('/') || /[\u0000-\u0020\\\u007f]/.test(value)) return '/';
  if (!URL.canParse(value, base)) return '/';
  const url = new URL(value, base);
  const path = url.pathname + url.search;
  return url.origin === base && !path.startsWith('//') ? path : '/';
}
