import { Injectable } from '@nestjs/common';
import { AccountsService, anonymous, type Identity } from '@central-index/accounts';
import { indexService } from '@central-index/registries';
import { invalidToken, TokenVerifier, type GrantedAccess } from '@central-index/tokens';

/** Who came with a token of the index's own, and what the token opens. */
export interface IndexTokenIdentity {
  readonly identity: Identity;
  readonly access: readonly GrantedAccess[];
}

// What a docker client may do at the index itself: read. A token got with a password is held to it too.
const readsEverything = { tokenId: '', permissions: ['pull'], repositories: ['*/*'] } as const;

/** Reads the tokens that clients of the index's own `/v2/` and `/v1/search` bring. */
@Injectable()
export class IndexTokenAuthenticator {
  constructor(
    private readonly tokens: TokenVerifier,
    private readonly accounts: AccountsService,
  ) {}

  /**
   * The holder of the token in an `Authorization` header; undefined when it holds none. Throws INVALID_TOKEN for a
   * wrong one, also when its account is gone or disabled by now.
   */
  async authenticate(authorization: string | undefined): Promise<IndexTokenIdentity | undefined> {
    const token = /^bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) return undefined;
    const {
      subject,
      access,
      restrictions: restrictions,
    } = await this.tokens.verify(token, { audience: indexService });
    if (subject === '') return { identity: anonymous, access };
    const account = await this.accounts.find(subject);
    if (account === undefined || account.disabled) throw invalidToken().withPrivateDetail('account is gone');
    const permissions = readsEverything.permissions.filter(
      (permission) => restrictions === undefined || restrictions.permissions.includes(permission),
    );
    return {
      identity: {
        kind: 'account',
        account,
        via: 'token',
        restrictions: { ...readsEverything, ...restrictions, permissions },
      },
      access,
    };
  }
}
