import { Injectable } from '@nestjs/common';
import {
  AccessTokensService,
  AccountsService,
  anonymous,
  SessionsService,
  type Identity,
  type SignedIn,
} from '@central-index/accounts';
import type { FastifyRequest } from 'fastify';
import { Passport } from 'passport';
import { signInRequired } from './access.errors';
import { BasicStrategy } from './basic.strategy';
import { BearerStrategy } from './bearer.strategy';
import { PasswordStrategy } from './password.strategy';
import { SessionCookie } from './session-cookie';
import { SessionStrategy } from './session.strategy';

/**
 * Authenticates requests with passport strategies. Each server has its own passport instance: with the global one, the
 * last of two servers in a process would authenticate for both.
 */
@Injectable()
export class Authenticator {
  private readonly passport = new Passport();

  constructor(
    accounts: AccountsService,
    tokens: AccessTokensService,
    sessions: SessionsService,
    cookie: SessionCookie,
  ) {
    this.passport
      .use(new BasicStrategy(accounts))
      .use(new BearerStrategy(tokens))
      .use(new SessionStrategy(sessions, cookie))
      .use(new PasswordStrategy(accounts));
  }

  /** The caller by the Authorization header, else by the session cookie, else anonymous. Wrong credentials throw. */
  async identify(request: FastifyRequest): Promise<Identity> {
    const { authorization } = request.headers;
    if (authorization === undefined) return (await this.run('session-cookie', request)) ?? anonymous;
    const scheme = authorization.split(' ', 1)[0]!.toLowerCase();
    if (scheme !== 'basic' && scheme !== 'bearer') throw signInRequired();
    return (await this.run(scheme, request)) ?? anonymous;
  }

  /** The account whose name and password are in the body, which must have been validated. Wrong ones throw. */
  async signIn(request: FastifyRequest): Promise<SignedIn> {
    const identity = await this.run('local', request);
    if (identity === undefined) throw signInRequired();
    return identity;
  }

  private run(strategy: string, request: FastifyRequest): Promise<SignedIn | undefined> {
    return new Promise((resolve, reject) => {
      const settle = (error: Error | null, identity: SignedIn | false | null): void =>
        error ? reject(error) : resolve(identity || undefined);
      // Only strategies that redirect use the response; ours do not.
      const authenticate = this.passport.authenticate(strategy, { session: false }, settle) as Middleware;
      authenticate(request, undefined, reject);
    });
  }
}

type Middleware = (request: FastifyRequest, response: undefined, next: (error: unknown) => void) => void;
