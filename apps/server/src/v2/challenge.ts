import { indexService } from '@central-index/registries';
import type { FastifyReply } from 'fastify';

/** Sets the header that identifies the distribution API, which clients check first. */
export function setApiVersionHeader(reply: FastifyReply): void {
  void reply.header('docker-distribution-api-version', 'registry/2.0');
}

/** Parameters of a challenge besides realm and service. */
export interface ChallengeOptions {
  /** What the request needs, such as `repository:alice/app:pull`. */
  readonly scope?: string;
  readonly error?: 'invalid_token';
}

/**
 * Sets `WWW-Authenticate` to the challenge for a token of the index itself. The realm is under PUBLIC_URL, never under
 * the Host of the request.
 */
export function setChallenge(
  reply: FastifyReply,
  publicUrl: string,
  { scope, error }: ChallengeOptions = {},
): void {
  const parameters = [`realm="${publicUrl}/token"`, `service="${indexService}"`];
  if (scope !== undefined) parameters.push(`scope="${scope}"`);
  if (error !== undefined) parameters.push(`error="${error}"`);
  void reply.header('www-authenticate', `Bearer ${parameters.join(',')}`);
}
