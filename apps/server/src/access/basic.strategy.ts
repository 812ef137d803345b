import { invalidCredentials, type AccountsService, type SignedIn } from '@central-index/accounts';
import type { FastifyRequest } from 'fastify';
import { CredentialStrategy } from './credential.strategy';

/** `Authorization: Basic` with an account name and its password or one of its access tokens (RFC 7617, UTF-8). */
export class BasicStrategy extends CredentialStrategy {
  override readonly name = 'basic';

  constructor(private readonly accounts: AccountsService) {
    super();
  }

  protected override async identify(request: FastifyRequest): Promise<SignedIn> {
    const [, encoded = ''] = /^basic +(\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
    const text = Buffer.from(encoded, 'base64').toString('utf8');
    const colon = text.indexOf(':');
    if (colon < 0) throw invalidCredentials();
    return this.accounts.authenticate({
      name: text.slice(0, colon),
      secret: text.slice(colon + 1),
      address: request.ip,
    });
  }
}
