import type { OpenedRegistry } from '@central-index/docker-v1';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** True if the client requests a token for the registry that it continues with. */
export function wantsToken({ headers }: FastifyRequest): boolean {
  const value = headers['x-docker-token'];
  return value !== undefined && value !== 'false';
}

/** Sets the token for a registry and where that is: one line for each host, because Docker up to 0.10 splits no commas. */
export function setRegistryHeaders(reply: FastifyReply, { token, endpoints }: OpenedRegistry): void {
  void reply
    .header('x-docker-token', token)
    .header('www-authenticate', `Token ${token}`)
    .header('x-docker-endpoints', endpoints.length === 1 ? endpoints[0] : endpoints);
}
