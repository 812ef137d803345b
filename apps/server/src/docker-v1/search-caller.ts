import { Injectable } from '@nestjs/common';
import { anonymous, looksLikePersonalToken, type Identity } from '@central-index/accounts';
import { DomainError } from '@central-index/platform/errors';
import type { FastifyRequest } from 'fastify';
import { Authenticator } from '../access/authenticator';
import { isEmptyBasic } from '../access/basic-credentials';
import { IndexTokenAuthenticator } from '../access/index-token-authenticator';
import { isOldDocker } from '../http/old-docker';

/** Authenticates callers of `/v1/search`, whose clients send credentials in several ways. */
@Injectable()
export class SearchCaller {
  constructor(
    private readonly authenticator: Authenticator,
    private readonly indexTokens: IndexTokenAuthenticator,
  ) {}

  /** The identity of the caller. Wrong credentials throw, except from clients that send those of another host. */
  async identify(request: FastifyRequest): Promise<Identity> {
    const { authorization, 'user-agent': agent } = request.headers;
    if (authorization === undefined || isEmptyBasic(authorization)) return anonymous;
    try {
      return await this.read(authorization, request);
    } catch (error) {
      // Docker up to 1.10 sends the password for docker.io to every host that it searches.
      if (isOldDocker(agent) && error instanceof DomainError && error.status < 500) return anonymous;
      throw error;
    }
  }

  private async read(authorization: string, request: FastifyRequest): Promise<Identity> {
    const token = /^bearer +(\S+) *$/i.exec(authorization)?.[1];
    if (token === undefined || looksLikePersonalToken(token)) return this.authenticator.identify(request);
    const caller = await this.indexTokens.authenticate(authorization);
    const maySearch = caller?.access.some(
      ({ type, name, actions }) => type === 'registry' && name === 'catalog' && actions.includes('search'),
    );
    return caller !== undefined && maySearch ? caller.identity : anonymous;
  }
}
