import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { denied } from '@central-index/platform/errors';
import { anonymous } from '@central-index/accounts';
import { ACCESS_RULE, type AccessRule, type CallerRequest } from './access.decorator';
import { signInNeeded } from './access.errors';

/** Holds every route to its access rule. Denies whatever has none. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const rule = this.reflector.getAllAndOverride<AccessRule | undefined>(ACCESS_RULE, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (rule === undefined) throw denied('the route has no access rule');
    if (rule === 'operations' || rule === 'registry' || rule === 'own-challenge') return true;
    context.switchToHttp().getRequest<CallerRequest>().caller = anonymous;
    if (rule !== 'anyone') throw signInNeeded();
    return true;
  }
}
