import { indexService } from '@central-index/registries';
import type { FastifyReply } from 'fastify';

/** Marks an answer as one of the distribution API: clients look for it before they look at anything else. */
export function setApiVersionHeader(reply: FastifyReply): void {
  void reply.header('docker-distribution-api-version', 'registry/2.0');
}

/**
 * Tells the client where to get a token for the index itself. The realm is made from PUBLIC_URL, never from what the
 * request says of its host.
 */
export function challenge(reply: FastifyReply, publicUrl: string, error?: 'invalid_token'): void {
  const parameters = [`realm="${publicUrl}/token"`, `service="${indexService}"`];
  if (error !== undefined) parameters.push(`error="${error}"`);
  void reply.header('www-authenticate', `Bearer ${parameters.join(',')}`);
}
