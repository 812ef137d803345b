import { invalidCredentials, type AccountsService, type SignedIn } from '@central-index/accounts';
import type { FastifyRequest } from 'fastify';
import { surfaceOf } from '../http/surface';
import { readBasic } from './basic-credentials';
import { CredentialStrategy } from './credential.strategy';

/** `Authorization: Basic` with an account name and its password or one of its access tokens. */
export class BasicStrategy extends CredentialStrategy {
  override readonly name = 'basic';

  constructor(private readonly accounts: AccountsService) {
    super();
  }

  protected override async identify(request: FastifyRequest): Promise<SignedIn> {
    const credentials = readBasic(request.headers.authorization);
    if (credentials === undefined) throw invalidCredentials();
    // Clients of the v1 protocol distinguish disabled accounts from wrong passwords.
    const revealsDisabled = surfaceOf(request) === 'v1';
    return this.accounts.authenticate({ ...credentials, address: request.ip, revealsDisabled });
  }
}
