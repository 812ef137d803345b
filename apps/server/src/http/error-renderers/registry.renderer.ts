import { ociEnvelopeOf } from './envelope';
import type { ErrorRenderer } from './error-renderer';

/** The distribution API: the format of the REST API with the codes of the distribution specification. */
export const registryErrors: ErrorRenderer = {
  render: (error) => ({ body: { errors: [ociEnvelopeOf(error)] } }),
};
