// Docker 1.5 and 1.6 send the User-Agent of Go's HTTP client, later versions their own.
const oldUserAgents = [/^docker\/1\.(?:[0-9]|10)\./, /^Go 1\.1 package http$/];

/**
 * True for Docker up to 1.10, by its User-Agent. To these clients the index must be a v1 index only: if `/v2/` responds
 * with anything but 404, their push fails instead of falling back to v1.
 */
export function isOldDocker(userAgent: string | undefined): boolean {
  return userAgent !== undefined && oldUserAgents.some((agent) => agent.test(userAgent));
}
