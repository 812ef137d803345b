// 1.5 and 1.6 ask with the agent of Go's own client, later ones with docker's.
const oldAgents = [/^docker\/1\.(?:[0-9]|10)\./, /^Go 1\.1 package http$/];

/**
 * True for Docker up to 1.10 by its User-Agent. To those the index is a v1 index and nothing else: one that answers on
 * `/v2/` too breaks their push, which does not fall back.
 */
export function isOldDocker(userAgent: string | undefined): boolean {
  return userAgent !== undefined && oldAgents.some((agent) => agent.test(userAgent));
}
