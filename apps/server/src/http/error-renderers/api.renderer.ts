import type { FastifyRequest } from 'fastify';
import { basicChallenge } from '../basic-challenge';
import { envelopeOf } from './envelope';
import type { ErrorRenderer } from './error-renderer';

const realm = 'Central Index';
const bearerChallenge = `Bearer realm="${realm}"`;

/**
 * The REST API, and every path of no other surface: `{errors: [{code, message, detail}]}`. A 401 has the challenge that
 * RFC 9110 requires (15.5.2).
 */
export const apiErrors: ErrorRenderer = {
  render: (error, request) => ({
    headers: error.status === 401 ? { 'www-authenticate': challengeFor(request) } : undefined,
    body: { errors: [envelopeOf(error)] },
  }),
};

// A Basic challenge makes a browser open a dialog over the page whose script sent the request.
function challengeFor({ headers }: FastifyRequest): string {
  const isBrowser = headers['sec-fetch-mode'] !== undefined;
  return isBrowser ? bearerChallenge : `${basicChallenge(realm)}, ${bearerChallenge}`;
}
