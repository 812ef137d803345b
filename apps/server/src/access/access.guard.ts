import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Identity } from '@central-index/accounts';
import { CONFIG, type Config } from '@central-index/platform/config';
import { denied, notFound } from '@central-index/platform/errors';
import { ACCESS_RULE, type AccessRule, type CallerRequest } from './access.decorator';
import { accessTokenRefused, crossSite, signInRequired } from './access.errors';
import { Authenticator } from './authenticator';
import { isCrossSite } from './cross-site';

/** Enforces the access rule of every route. A route without a rule is refused. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authenticator: Authenticator,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const rule = this.reflector.getAllAndOverride<AccessRule | undefined>(ACCESS_RULE, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (rule === undefined) throw denied('the route has no access rule');
    if (rule === 'probe' || rule === 'registry' || rule === 'self-authenticated') return true;
    const request = context.switchToHttp().getRequest<CallerRequest>();
    // Before any credential is read: a sign-in changes state as well, and another site must not cause it.
    if (isCrossSite(request.method, request.headers, this.config.server.publicUrl)) throw crossSite();
    request.caller = await this.authenticator.identify(request);
    enforce(rule, request.caller);
    return true;
  }
}

/** Throws unless the caller satisfies the rule. Routes use it for parameters that only some of their callers may send. */
export function enforce(
  rule: 'anyone' | 'account' | 'sign-in' | 'administrator' | 'administrator-page',
  caller: Identity,
): void {
  if (rule === 'anyone') return;
  if (caller.kind === 'anonymous') throw signInRequired();
  if (rule === 'administrator-page' && !caller.account.administrator) throw notFound('page');
  if (rule === 'account') return;
  if (caller.via === 'token') throw accessTokenRefused();
  if (rule === 'administrator' && !caller.account.administrator)
    throw denied('only administrators may do this');
}
