import { applyDecorators, createParamDecorator, SetMetadata, type ExecutionContext } from '@nestjs/common';
import { ApiBasicAuth, ApiBearerAuth, ApiCookieAuth } from '@nestjs/swagger';
import type { Identity } from '@central-index/accounts';
import type { FastifyRequest } from 'fastify';

/**
 * Who may call a route. `anyone`: also without credentials, but those that are sent must be right. `account`: any
 * credential of a person. `sign-in`: a session or a password, never an access token. `administrator`: the same, of an
 * administrator. `registry`: a blob registry by its own secret. `operations`: probes and metrics, no credentials.
 * `own-challenge`: the route reads credentials itself, because its protocol has a challenge of its own.
 */
export type AccessRule =
  'anyone' | 'account' | 'sign-in' | 'administrator' | 'registry' | 'operations' | 'own-challenge';

/** Metadata key of a route's access rule. */
export const ACCESS_RULE = 'central-index:access';

// The credentials that the API document names for a rule.
const credentials: Partial<Record<AccessRule, (MethodDecorator & ClassDecorator)[]>> = {
  account: [ApiBasicAuth(), ApiBearerAuth(), ApiCookieAuth()],
  'sign-in': [ApiBasicAuth(), ApiCookieAuth()],
  administrator: [ApiBasicAuth(), ApiCookieAuth()],
};

/** States who may call a route, to the guard and in the API document. A route without it is refused, and fails a test. */
export const Access = (rule: AccessRule): MethodDecorator & ClassDecorator =>
  applyDecorators(SetMetadata(ACCESS_RULE, rule), ...(credentials[rule] ?? []));

/** A request after the access guard has seen it. */
export interface CallerRequest extends FastifyRequest {
  caller?: Identity;
}

/** The identity that the access guard found. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): Identity => {
  const { caller } = context.switchToHttp().getRequest<CallerRequest>();
  if (caller === undefined) throw new Error('a route reads its caller, but its access rule finds none');
  return caller;
});

/** The client's address, as the trusted proxies tell it. */
export const Address = createParamDecorator(
  (_: unknown, context: ExecutionContext): string => context.switchToHttp().getRequest<FastifyRequest>().ip,
);
