import { basicChallenge } from '../basic-challenge';
import { ociEnvelopeOf } from './envelope';
import type { ErrorRenderer } from './error-renderer';

/** The token endpoint: the format of registries, with `details` and a Basic challenge. */
export const tokenErrors: ErrorRenderer = {
  render: (error) => ({
    headers: error.status === 401 ? { 'www-authenticate': basicChallenge('Central Index') } : undefined,
    // docker reads `details` first. Without it a wrong password is reported as an error of the daemon (PROTOCOL T32).
    body: { details: error.message, errors: [ociEnvelopeOf(error)] },
  }),
};
