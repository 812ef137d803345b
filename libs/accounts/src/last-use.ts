const resolutionMs = 60_000;

/**
 * When a credential was used last is stored to the minute, so that a build server that calls all the time causes one write
 * per minute. Returns the time at or before which a stored use is replaced; undefined if the known one is later. The
 * statement that writes compares with it again, so that of many concurrent requests only one writes.
 */
export function replacedUse(lastUsedAt: Date | null): Date | undefined {
  const threshold = new Date(Date.now() - resolutionMs);
  return lastUsedAt !== null && lastUsedAt > threshold ? undefined : threshold;
}
