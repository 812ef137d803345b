import type { SessionsService, SignedIn } from '@central-index/accounts';
import type { FastifyRequest } from 'fastify';
import { CredentialStrategy } from './credential.strategy';
import type { SessionCookie } from './session-cookie';

/** The session cookie. One that is over counts as none: its owner must still be able to read, and to sign in again. */
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
