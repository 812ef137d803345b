import type { SignedIn } from '@central-index/accounts';
import type { FastifyRequest } from 'fastify';
import passport from 'passport';

/** A passport strategy that asks the accounts room who sent a request, and holds no rule of its own. */
export abstract class CredentialStrategy extends passport.Strategy {
  abstract override readonly name: string;

  /** Who sent it; undefined if nobody is signed in. Wrong credentials throw. */
  protected abstract identify(request: FastifyRequest): Promise<SignedIn | undefined>;

  /** Called by passport, which tells apart who is known, who is not, and what failed. */
  override authenticate(request: unknown): void {
    this.identify(request as FastifyRequest).then(
      (identity) => (identity === undefined ? this.fail(401) : this.success(identity)),
      (error: unknown) => this.error(error),
    );
  }
}
