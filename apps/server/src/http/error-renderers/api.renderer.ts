import { envelopeOf } from './envelope';
import type { ErrorRenderer } from './error-renderer';

/** The REST API, and every path of no other surface: `{errors: [{code, message, detail}]}`. */
export const apiErrors: ErrorRenderer = {
  render: (error) => ({ body: { errors: [envelopeOf(error)] } }),
};
