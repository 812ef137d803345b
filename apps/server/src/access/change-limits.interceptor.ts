import { accountOf, CreationRateLimits } from '@central-index/accounts';
import {
  Injectable,
  SetMetadata,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply } from 'fastify';
import { lastValueFrom, of, type Observable } from 'rxjs';
import { addRateLimits } from '../http/rate-limit-headers';
import { surfaceOf, type Surface } from '../http/surface';
import type { CallerRequest } from './access.decorator';

/** The limit that counts the requests of a route: `none` for a route that has a limit of its own. */
export type ChangeLimit = 'change' | 'star' | 'none';

const CHANGE_LIMIT = 'central-index:change-limit';
const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);
const countedSurfaces = new Set<Surface>(['api', 'pages']);

/** Sets the limit of a route that changes something; `change` applies to routes without it. */
export const CountedAs = (limit: ChangeLimit): MethodDecorator & ClassDecorator =>
  SetMetadata(CHANGE_LIMIT, limit);

/**
 * Counts what an account changes by the REST API and by pages, because each change may add a row to the audit log, and adds the state of
 * the limit to the response. A refused request does not count.
 */
@Injectable()
export class ChangeLimitsInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly limits: CreationRateLimits,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const http = context.switchToHttp();
    const request = http.getRequest<CallerRequest>();
    const account = request.caller && accountOf(request.caller);
    const limit =
      this.reflector.getAllAndOverride<ChangeLimit | undefined>(CHANGE_LIMIT, [
        context.getHandler(),
        context.getClass(),
      ]) ?? 'change';
    const isChange = !safeMethods.has(request.method) && countedSurfaces.has(surfaceOf(request));
    if (account === undefined || !isChange || limit === 'none') return next.handle();
    return this.limits.count(limit, account.id, async (states) => {
      const value: unknown = await lastValueFrom(next.handle(), { defaultValue: undefined });
      addRateLimits(http.getResponse<FastifyReply>(), states);
      return of(value);
    });
  }
}
