import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '@central-index/platform/config';
import { DomainError, notFound } from '@central-index/platform/errors';
import type { FastifyReply } from 'fastify';
import { signInRequired } from '../access/access.errors';
import { IndexTokenAuthenticator, type IndexTokenIdentity } from '../access/index-token-authenticator';
import { isV1Only } from '../http/old-docker';
import { setApiVersionHeader, setChallenge } from './challenge';

/** What the index's own distribution API reads of a request's header. */
export interface V2Headers {
  readonly authorization?: string;
  readonly 'user-agent'?: string;
}

/** Authenticates requests to the index's own distribution API. */
@Injectable()
export class V2Authenticator {
  constructor(
    private readonly indexTokens: IndexTokenAuthenticator,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * The identity of a request's token. Throws UNAUTHORIZED with a challenge, for the `scope` if there is one, and
   * NOT_FOUND to clients that would not fall back to v1 otherwise.
   */
  async authenticate(headers: V2Headers, reply: FastifyReply, scope?: string): Promise<IndexTokenIdentity> {
    const { publicUrl, v1OnlyUserAgents } = this.config.server;
    if (isV1Only(headers['user-agent'], v1OnlyUserAgents)) throw notFound('page');
    setApiVersionHeader(reply);
    let caller: IndexTokenIdentity | undefined;
    try {
      caller = await this.indexTokens.authenticate(headers.authorization);
    } catch (error) {
      if (error instanceof DomainError && error.status === 401) {
        setChallenge(reply, publicUrl, { scope, error: 'invalid_token' });
      }
      throw error;
    }
    if (caller === undefined) {
      setChallenge(reply, publicUrl, { scope });
      throw signInRequired();
    }
    return caller;
  }
}
