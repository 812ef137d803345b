import { accountOf, restrictionsOf, type Identity } from '@central-index/accounts';
import { Injectable } from '@nestjs/common';
import type { Grant } from './grant';
import { TokenSigner } from './token-signer';
import { TokenVerifier, type TokenClaims } from './token-verifier';
import { invalidToken } from './tokens.errors';
import {
  formatV1Token,
  isSignedFor,
  parseV1Token,
  v1AccessType,
  v1Audience,
  type V1Access,
} from './v1-token';

/** A v1 token whose signature was verified. Whether it still opens anything is decided again at each use. */
export interface VerifiedV1Token extends TokenClaims {
  /** `namespace/name`. */
  readonly repository: string;
  readonly access: TokenClaims['access'];
  readonly opens: V1Access;
}

/**
 * Tokens of the v1 protocol: signed statements about one repository and one access. They are not stored, and may be used
 * until they expire: a v1 registry asks the index about the same token at every request.
 */
@Injectable()
export class V1Tokens {
  constructor(
    private readonly signer: TokenSigner,
    private readonly verifier: TokenVerifier,
  ) {}

  /** A token for a caller whose access was decided. `ttl` is in seconds. */
  issue(identity: Identity, repository: string, access: V1Access, ttl: number): Promise<string> {
    return this.sign(repository, access, {
      subject: accountOf(identity)?.name ?? '',
      ttl,
      restrictions: restrictionsOf(identity),
      ...(identity.kind === 'account' &&
        identity.via === 'password' && { passwordChangedAt: identity.passwordChangedAt }),
    });
  }

  /** A token with which the index itself sends requests to a v1 registry. */
  issueInternal(subject: string, repository: string, access: V1Access, ttl: number): Promise<string> {
    return this.sign(repository, access, { subject, ttl });
  }

  /** Verifies `Authorization: Token …` for a repository. Throws INVALID_TOKEN. */
  async verify(authorization: string, repository: string): Promise<VerifiedV1Token> {
    const value = parseV1Token(authorization);
    if (value?.repository !== repository) throw invalidToken().withPrivateDetail('not for this repository');
    const claims = await this.verifier.verify(value.signature, { audience: v1Audience });
    if (!isSignedFor(claims, value)) throw invalidToken().withPrivateDetail('signed for another access');
    return { ...claims, repository, opens: value.access };
  }

  private async sign(
    repository: string,
    access: V1Access,
    grant: Pick<Grant, 'subject' | 'ttl' | 'restrictions' | 'passwordChangedAt'>,
  ): Promise<string> {
    const { token } = await this.signer.sign({
      ...grant,
      registry: undefined,
      audience: v1Audience,
      access: [{ type: v1AccessType, name: repository, actions: [access] }],
    });
    return formatV1Token({ signature: token, repository, access });
  }
}
