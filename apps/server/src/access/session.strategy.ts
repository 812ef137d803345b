import type { SessionsService, SignedIn } from '@central-index/accounts';
import type { FastifyRequest } from 'fastify';
import { CredentialStrategy } from './credential.strategy';
import type { SessionCookie } from './session-cookie';

/** The session cookie. An expired session counts as none, so that its owner can still read public data and sign in. */
export class SessionStrategy extends CredentialStrategy {
  override readonly name = 'session-cookie';

  constructor(
    private readonly sessions: SessionsService,
    private readonly cookie: SessionCookie,
  ) {
    super();
  }

  protected override async identify(request: FastifyRequest): Promise<SignedIn | undefined> {
    const secret = this.cookie.read(request);
    return secret === undefined ? undefined : this.sessions.resume(secret);
  }
}
