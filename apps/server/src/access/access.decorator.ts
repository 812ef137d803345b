import { applyDecorators, createParamDecorator, SetMetadata, type ExecutionContext } from '@nestjs/common';
import { ApiBasicAuth, ApiBearerAuth, ApiCookieAuth, ApiExtension } from '@nestjs/swagger';
import type { Identity } from '@central-index/accounts';
import type { FastifyRequest } from 'fastify';

/**
 * Who may call a route.
 *
 * - `anyone`: credentials are optional, but wrong ones are refused
 * - `account`: any credential of an account
 * - `sign-in`: a session or a password, never an access token
 * - `administrator`: as `sign-in`, of an administrator
 * - `administrator-page`: as `administrator`, of a page that does not exist for other accounts
 * - `registry`: a blob registry; the route checks its notification secret
 * - `probe`: no credentials are read
 * - `self-authenticated`: the route reads credentials itself, because its protocol has its own challenge
 */
export type AccessRule =
  | 'anyone'
  | 'account'
  | 'sign-in'
  | 'administrator'
  | 'administrator-page'
  | 'registry'
  | 'probe'
  | 'self-authenticated';

/** Metadata key of a route's access rule. */
export const ACCESS_RULE = 'central-index:access';

/** Extension of the OpenAPI document in which a route has its access rule until the document is complete. */
export const ACCESS_EXTENSION = 'x-access';

// The credentials that the OpenAPI document lists for each rule.
const credentials: Partial<Record<AccessRule, (MethodDecorator & ClassDecorator)[]>> = {
  anyone: [ApiBasicAuth(), ApiBearerAuth(), ApiCookieAuth()],
  account: [ApiBasicAuth(), ApiBearerAuth(), ApiCookieAuth()],
  'sign-in': [ApiBasicAuth(), ApiCookieAuth()],
  administrator: [ApiBasicAuth(), ApiCookieAuth()],
};

/** Sets the access rule of a route, for the guard and the OpenAPI document. A route without a rule is refused. */
export const Access = (rule: AccessRule): MethodDecorator & ClassDecorator =>
  applyDecorators(
    SetMetadata(ACCESS_RULE, rule),
    ApiExtension(ACCESS_EXTENSION, rule),
    ...(credentials[rule] ?? []),
  );

/** A request that the access guard has let through. */
export interface CallerRequest extends FastifyRequest {
  caller?: Identity;
}

/** Parameter decorator: the identity that the access guard established. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): Identity => {
  const { caller } = context.switchToHttp().getRequest<CallerRequest>();
  if (caller === undefined) throw new Error('the access rule of this route establishes no caller');
  return caller;
});

/** Parameter decorator: the IP address of the client, from X-Forwarded-For if the proxy is trusted. */
export const Address = createParamDecorator(
  (_: unknown, context: ExecutionContext): string => context.switchToHttp().getRequest<FastifyRequest>().ip,
);
