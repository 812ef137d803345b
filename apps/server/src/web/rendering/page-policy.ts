/**
 * The Content-Security-Policy of pages (CSP level 3): own files only, nothing inline, and images of READMEs, which are the
 * only part that others choose the addresses of.
 */
export const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' https:",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "object-src 'none'",
  "frame-ancestors 'none'",
].join('; ');
