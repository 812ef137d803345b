import type { SignedIn } from '@central-index/accounts';
import type { FastifyRequest } from 'fastify';
import passport from 'passport';

/** A passport strategy that reads credentials and lets the accounts library check them. It has no rule of its own. */
export abstract class CredentialStrategy extends passport.Strategy {
  abstract override readonly name: string;

  /** Who sent the request; undefined without credentials. Wrong credentials throw. */
  protected abstract identify(request: FastifyRequest): Promise<SignedIn | undefined>;

  /** Called by passport, which distinguishes success, missing credentials and errors. */
  override authenticate(request: unknown): void {
    this.identify(request as FastifyRequest).then(
      (identity) => (identity === undefined ? this.fail(401) : this.success(identity)),
      (error: unknown) => this.error(error),
    );
  }
}
