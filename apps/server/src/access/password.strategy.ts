import { invalidCredentials, looksLikePersonalToken, type AccountsService } from '@central-index/accounts';
import type { FastifyRequest } from 'fastify';
import { Strategy } from 'passport-local';

/**
 * Name and password from the body of a sign-in. Access tokens are refused, because a session may do more than the token.
 * The body must have been validated: without the fields, passport-local would read them from the query.
 */
export class PasswordStrategy extends Strategy {
  constructor(accounts: AccountsService) {
    super({ passReqToCallback: true }, (request, name, secret, done) => {
      if (looksLikePersonalToken(secret)) return done(invalidCredentials());
      const { ip: address } = request as unknown as FastifyRequest;
      accounts.authenticate({ name, secret, address }).then(
        (identity) => done(null, identity),
        (error: unknown) => done(error),
      );
    });
  }
}
