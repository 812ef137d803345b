import type { ErrorRenderer } from './error-renderer';

/** The v1 protocol: `{error: message}`. */
export const v1Errors: ErrorRenderer = {
  render: (error) => ({ body: { error: error.message } }),
};
