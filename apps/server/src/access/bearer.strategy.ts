import { invalidCredentials, type AccessTokensService, type SignedIn } from '@central-index/accounts';
import type { FastifyRequest } from 'fastify';
import { CredentialStrategy } from './credential.strategy';

/** `Authorization: Bearer` with a personal access token (RFC 6750). */
export class BearerStrategy extends CredentialStrategy {
  override readonly name = 'bearer';

  constructor(private readonly tokens: AccessTokensService) {
    super();
  }

  protected override async identify(request: FastifyRequest): Promise<SignedIn> {
    const [, token] = /^bearer +(\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
    if (token === undefined) throw invalidCredentials();
    return this.tokens.authenticate(token, request.ip);
  }
}
