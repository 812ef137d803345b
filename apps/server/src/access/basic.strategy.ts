import { invalidCredentials, type AccountsService, type SignedIn } from '@central-index/accounts';
import type { FastifyRequest } from 'fastify';
import { isUtf8 } from 'node:buffer';
import { CredentialStrategy } from './credential.strategy';

/**
 * `Authorization: Basic` with an account name and its password or one of its access tokens (RFC 7617). Challenges ask for
 * UTF-8; what is no UTF-8 is read as ISO-8859-1, which Python's requests and old browsers send.
 */
export class BasicStrategy extends CredentialStrategy {
  override readonly name = 'basic';

  constructor(private readonly accounts: AccountsService) {
    super();
  }

  protected override async identify(request: FastifyRequest): Promise<SignedIn> {
    const [, encoded = ''] = /^basic +(\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
    const bytes = Buffer.from(encoded, 'base64');
    const text = bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1');
    const colon = text.indexOf(':');
    if (colon < 0) throw invalidCredentials();
    return this.accounts.authenticate({
      name: text.slice(0, colon),
      secret: text.slice(colon + 1),
      address: request.ip,
    });
  }
}
