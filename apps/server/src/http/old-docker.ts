// Docker 1.5 and 1.6 send the User-Agent of Go's HTTP client with some requests, later versions their own.
const oldUserAgents = [/^docker\/1\.(?:[0-9]|10)\./, /^Go 1\.1 package http$/];

/** True for Docker up to 1.10, by its User-Agent. */
export function isOldDocker(userAgent: string | undefined): boolean {
  return userAgent !== undefined && oldUserAgents.some((agent) => agent.test(userAgent));
}

/**
 * True for a client to which the index must be an index of the v1 protocol only, and responds 404 on `/v2/`. `agents` are
 * beginnings of User-Agents; `default` stands for Docker up to 1.10, whose push fails instead of falling back to v1 if
 * `/v2/` responds with anything but 404 (PROTOCOL A.12). docs/protocols/v1.md has the list with reasons.
 */
export function isV1Only(userAgent: string | undefined, agents: readonly string[]): boolean {
  if (userAgent === undefined) return false;
  return agents.some((agent) => (agent === 'default' ? isOldDocker(userAgent) : userAgent.startsWith(agent)));
}
