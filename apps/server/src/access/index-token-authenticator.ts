import { Injectable } from '@nestjs/common';
import { AccountsService, anonymous, type Identity } from '@central-index/accounts';
import { indexService } from '@central-index/registries';
import { invalidToken, TokenVerifier, type GrantedAccess } from '@central-index/tokens';

/** The subject of a token for the index itself, and the access that the token grants. */
export interface IndexTokenIdentity {
  readonly identity: Identity;
  readonly access: readonly GrantedAccess[];
}

// Docker clients only read at the index itself. The limit also holds for tokens that were issued for a password.
const readOnly = { tokenId: '', permissions: ['pull'], repositories: ['*/*'] } as const;

/** Authenticates clients of the index's own `/v2/` and `/v1/search` by their tokens. */
@Injectable()
export class IndexTokenAuthenticator {
  constructor(
    private readonly tokens: TokenVerifier,
    private readonly accounts: AccountsService,
  ) {}

  /**
   * The identity of the bearer token in an `Authorization` header; undefined if the header has none. Throws
   * INVALID_TOKEN for an invalid token, and if its account was deleted or disabled since.
   */
  async authenticate(authorization: string | undefined): Promise<IndexTokenIdentity | undefined> {
    const token = /^bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) return undefined;
    const { subject, access, restrictions } = await this.tokens.verify(token, { audience: indexService });
    if (subject === '') return { identity: anonymous, access };
    const account = await this.accounts.find(subject);
    if (account === undefined || account.disabled)
      throw invalidToken().withPrivateDetail('the account was deleted or disabled');
    const permissions = readOnly.permissions.filter(
      (permission) => restrictions === undefined || restrictions.permissions.includes(permission),
    );
    return {
      identity: {
        kind: 'account',
        account,
        via: 'token',
        restrictions: { ...readOnly, ...restrictions, permissions },
      },
      access,
    };
  }
}
