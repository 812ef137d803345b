import { basicChallenge } from '../basic-challenge';
import type { ErrorRenderer } from './error-renderer';

// That of Docker Hub, letter by letter (PROTOCOL A.1). Search is requested by clients of today too, which know charsets.
const challenge = 'Basic realm="auth required",Token';
const searchChallenge = `${basicChallenge('auth required')}, Token`;

/**
 * The v1 protocol: the message as a JSON string, which old clients print as it is. A 401 has a challenge: only this status
 * makes a client request a login.
 */
export const v1Errors: ErrorRenderer = {
  render: (error, { originalUrl }) => ({
    headers: {
      'content-type': 'application/json',
      ...(error.status === 401 && {
        'www-authenticate': originalUrl.startsWith('/v1/search') ? searchChallenge : challenge,
      }),
    },
    body: JSON.stringify(error.message),
  }),
};
