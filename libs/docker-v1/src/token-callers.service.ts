import { anonymous, type Identity, type Permission } from '@central-index/accounts';
import { decide, denialReasonText, type Action } from '@central-index/namespaces';
import type { RepositoryName } from '@central-index/naming';
import { Database } from '@central-index/platform/database';
import { denied, notFound } from '@central-index/platform/errors';
import { RepositoryFactsService } from '@central-index/repositories';
import {
  internalSubject,
  invalidToken,
  V1Tokens,
  type V1Access,
  type VerifiedV1Token,
} from '@central-index/tokens';
import { Injectable } from '@nestjs/common';
import type { V1Image } from './image-list';
import { selectTokenState, type TokenStateRow } from './images.queries';

/** The bearer of a v1 token that still opens what it was issued for. */
export interface TokenCaller {
  readonly identity: Identity;
  readonly access: V1Access;
  /** The images of the repository. */
  readonly images: readonly V1Image[];
}

const actions: Readonly<Record<V1Access, Action>> = { read: 'pull', write: 'push', delete: 'manage' };

/**
 * Accepts v1 tokens. A token is only a claim: account, access token, repository and placement are read at each use and
 * decide again, so that nothing outlives its revocation. Two queries.
 */
@Injectable()
export class TokenCallers {
  constructor(
    private readonly database: Database,
    private readonly facts: RepositoryFactsService,
    private readonly tokens: V1Tokens,
  ) {}

  /** The bearer of `Authorization: Token …`. Throws INVALID_TOKEN, NOT_FOUND and DENIED. */
  async identify(authorization: string, name: RepositoryName): Promise<TokenCaller> {
    const token = await this.tokens.verify(authorization, name.path);
    const values = [name.path, token.subject, token.restrictions?.tokenId ?? null];
    const state = (await this.database.queryOne(selectTokenState, values))!;
    const { opens: access } = token;
    const { images } = state;
    // The index reads and empties registries itself, deleted repositories included.
    if (token.subject === internalSubject) return { identity: anonymous, access, images };
    const identity = toIdentity(token, state);
    const facts = await this.facts.findOne(name.path);
    const exists = facts?.repository !== undefined && facts.repository.state !== 'deleted';
    // A token for a push ends with the repository, although its owner may push the name again.
    if (!exists || state.repositoryId === null) throw notFound('repository', name.full);
    const decision = decide(identity, actions[access], facts);
    if (decision.allowed) return { identity, access, images };
    if (!decide(identity, 'pull', facts).allowed) throw notFound('repository', name.full);
    throw denied(denialReasonText(decision.reason));
  }
}

function toIdentity(token: VerifiedV1Token, state: TokenStateRow): Identity {
  if (token.subject === '') return anonymous;
  const { accountId, name, createdAt, passwordChangedAt, permissions, patterns } = state;
  if (accountId === null || name === null || createdAt === null || state.disabled === true) {
    throw invalidToken().withPrivateDetail('the account was deleted or disabled');
  }
  const { restrictions, passwordVersion } = token;
  if (passwordVersion !== undefined && passwordVersion !== passwordChangedAt?.getTime()) {
    throw invalidToken().withPrivateDetail('the password was changed');
  }
  if (restrictions !== undefined && (permissions === null || patterns === null)) {
    throw invalidToken().withPrivateDetail('the access token was revoked, or has expired');
  }
  const account = {
    id: accountId,
    name,
    email: null,
    emailVerified: false,
    administrator: state.administrator === true,
    disabled: false,
    createdAt,
  };
  if (restrictions === undefined) return { kind: 'account', account, via: 'password' };
  const { tokenId } = restrictions;
  return {
    kind: 'account',
    account,
    via: 'token',
    restrictions: { tokenId, permissions: permissions as Permission[], repositories: patterns! },
  };
}
