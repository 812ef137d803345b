import type { SearchFilters } from './search-engine';

/** What documents of these platforms are listed under: each platform, its operating system and its architecture. */
export function platformKeys(platforms: readonly string[]): string[] {
  const keys = platforms.flatMap((platform) => {
    const slash = platform.indexOf('/');
    return [platform, platform.slice(0, slash + 1), platform.slice(slash)];
  });
  return [...new Set(keys)];
}

/** The key of the platform that the filters require: `linux/arm64`, `linux/` or `/arm64`; undefined if they require none. */
export function requiredPlatform({
  os,
  architecture,
}: Pick<SearchFilters, 'os' | 'architecture'>): string | undefined {
  return os === undefined && architecture === undefined ? undefined : `${os ?? ''}/${architecture ?? ''}`;
}
