/** One rate limit: who is counted, what, and how many a window allows. */
export interface RateLimit {
  /** What is counted, for messages and documentation. */
  readonly what: string;
  readonly per: 'account' | 'address' | 'account or address';
  /** How many a window allows; undefined where only a setting says it. */
  readonly quota?: number;
  readonly windowSeconds: number;
  /** The environment variable that changes or switches it off; undefined for what is always on. */
  readonly setting?: string;
}

const [minute, hour] = [60, 3_600];

/** Every rate limit of the product, by the name that headers give it. docs/tokens.md has the same list. */
export const rateLimits = {
  'wrong-passwords': { what: 'wrong passwords', per: 'address', quota: 10, windowSeconds: 5 * minute },
  // A hundred per second, indefinitely: more than a build farm behind one address needs, and it stops a runaway loop.
  'token-requests': {
    what: 'token requests',
    per: 'account or address',
    quota: 30_000,
    windowSeconds: 5 * minute,
    setting: 'RATE_LIMITS',
  },
  'anonymous-pulls': {
    what: 'pulls without an account',
    per: 'address',
    windowSeconds: 6 * hour,
    setting: 'ANONYMOUS_PULL_LIMIT',
  },
  'sign-ups': { what: 'sign-ups', per: 'address', quota: 60, windowSeconds: hour, setting: 'RATE_LIMITS' },
  'new-repositories-per-hour': {
    what: 'new repositories',
    per: 'account',
    quota: 200,
    windowSeconds: hour,
    setting: 'NEW_REPOSITORIES_PER_HOUR',
  },
  'new-repositories-per-day': {
    what: 'new repositories',
    per: 'account',
    quota: 1_000,
    windowSeconds: 24 * hour,
    setting: 'NEW_REPOSITORIES_PER_DAY',
  },
  // What follows bounds the rows that one account adds to the audit log, and those of its stars.
  changes: {
    what: 'changes by API and pages',
    per: 'account',
    quota: 1_000,
    windowSeconds: hour,
    setting: 'RATE_LIMITS',
  },
  stars: {
    what: 'stars given or removed',
    per: 'account',
    quota: 1_000,
    windowSeconds: hour,
    setting: 'RATE_LIMITS',
  },
  logins: {
    what: 'new sessions and refresh tokens',
    per: 'account',
    quota: 1_000,
    windowSeconds: hour,
    setting: 'RATE_LIMITS',
  },
  'recorded-sign-ins': {
    what: 'right passwords in the audit log',
    per: 'account',
    quota: 1_000,
    windowSeconds: hour,
    setting: 'RATE_LIMITS',
  },
} as const satisfies Readonly<Record<string, RateLimit>>;

/** A limit in words, such as `1,000 per day` or `10 in 5 minutes`. */
export function quotaText(quota: number, windowSeconds: number): string {
  const number = quota.toLocaleString('en-US');
  if (windowSeconds === hour) return `${number} per hour`;
  if (windowSeconds === 24 * hour) return `${number} per day`;
  return windowSeconds < hour
    ? `${number} in ${windowSeconds / minute} minutes`
    : `${number} in ${windowSeconds / hour} hours`;
}
