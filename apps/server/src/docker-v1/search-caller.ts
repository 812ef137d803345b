import { Injectable } from '@nestjs/common';
import { anonymous, looksLikePersonalToken, type Identity } from '@central-index/accounts';
import { DomainError } from '@central-index/platform/errors';
import type { FastifyRequest } from 'fastify';
import { Authenticator } from '../access/authenticator';
import { IndexTokenAuthenticator } from '../token/index-token-authenticator';
import { isOldDocker } from '../v2/old-docker';

/** Who searches by the v1 protocol, whose clients send credentials in ways of their own. */
@Injectable()
export class SearchCaller {
  constructor(
    private readonly authenticator: Authenticator,
    private readonly bearer: IndexTokenAuthenticator,
  ) {}

  /** The caller. Throws for wrong credentials, but not to clients that send those of another host. */
  async identify(request: FastifyRequest): Promise<Identity> {
    const { authorization, 'user-agent': agent } = request.headers;
    if (authorization === undefined || isEmptyBasic(authorization)) return anonymous;
    try {
      return await this.read(authorization, request);
    } catch (error) {
      // Docker up to 1.10 sends the password for docker.io to whatever host it searches.
      if (isOldDocker(agent) && error instanceof DomainError && error.status < 500) return anonymous;
      throw error;
    }
  }

  private async read(authorization: string, request: FastifyRequest): Promise<Identity> {
    const token = /^bearer +(\S+) *$/i.exec(authorization)?.[1];
    if (token === undefined || looksLikePersonalToken(token)) return this.authenticator.identify(request);
    const holder = await this.bearer.authenticate(authorization);
    const maySearch = holder?.access.some(
      ({ type, name, actions }) => type === 'registry' && name === 'catalog' && actions.includes('search'),
    );
    return holder !== undefined && maySearch ? holder.identity : anonymous;
  }
}

// What docker sends over https when nobody is logged in: `Basic Og==`, a lone colon.
function isEmptyBasic(authorization: string): boolean {
  const basic = /^basic(?: +(\S*))?$/i.exec(authorization.trim());
  return basic !== null && ['', ':'].includes(Buffer.from(basic[1] ?? '', 'base64').toString('latin1'));
}
