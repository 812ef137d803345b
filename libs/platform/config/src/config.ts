import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { checkInput } from '@central-index/platform/errors';
import { z } from 'zod';
import { packageRoot } from './package-root';
import { parseTrustedProxies, type Network } from './trusted-proxies';

/** The whole configuration, frozen, in sections. Durations are in seconds unless the name says otherwise. */
export interface Config {
  readonly server: {
    readonly host: string;
    readonly port: number;
    /** Origin that clients and registries see, without a trailing slash. */
    readonly publicUrl: string;
    /** True when publicUrl is https: cookies are then secure, and HSTS is sent. */
    readonly secure: boolean;
    /** Whether HSTS holds for all subdomains of publicUrl's host as well. */
    readonly hstsSubdomains: boolean;
    readonly processes: number;
    /** Megabytes of heap of each process. */
    readonly heapMb: number;
    /** Networks of proxies whose X-Forwarded-For and X-Request-Id are trusted. */
    readonly trustedProxies: readonly Network[];
    /** Beginnings of User-Agents to which `/v2/` is absent; `default` stands for Docker up to 1.10. */
    readonly v1OnlyUserAgents: readonly string[];
  };
  /** Where `/metrics` is served; nowhere without a port. */
  readonly metrics: { readonly host: string; readonly port: number | undefined };
  /** `url` is undefined for the embedded database. */
  readonly database: { readonly url: string | undefined; readonly binDir: string | undefined };
  readonly dataDir: string;
  /** Undefined unless it is configured; `start` then creates one. */
  readonly secretKey: string | undefined;
  readonly accounts: {
    readonly signUp: 'open' | 'invite' | 'closed';
    readonly passwordMinLength: number;
    /** How many repositories an account may create. */
    readonly newRepositories: { readonly perHour: number; readonly perDay: number };
  };
  /** Undefined without a Meilisearch. `searchKey` is the key for searches, if it is not `key`. */
  readonly meilisearch:
    | { readonly url: string; readonly key: string | undefined; readonly searchKey: string | undefined }
    | undefined;
  /** Milliseconds for which anonymous callers share the result of a search; 0 to share none. */
  readonly searchCacheMs: number;
  readonly tokens: {
    readonly ttl: number;
    /** Anonymous pulls per address in six hours; undefined for no limit. */
    readonly anonymousPulls: number | undefined;
  };
  /** Days for which the raw events of registries are stored. */
  readonly eventRetentionDays: number;
  /** Seconds from the start of one reconcile of a registry to that of the next. */
  readonly reconcileEvery: number;
  /** Seconds for which a stopping server still answers, while load balancers turn away from it. */
  readonly drainSeconds: number;
  readonly rateLimits: boolean;
  /** A file that the worker renews while it runs; undefined for none. */
  readonly workerHealthFile: string | undefined;
  readonly log: { readonly level: LogLevel; readonly format: 'json' | 'pretty' };
}

type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';

/** The environment is not a valid configuration; the message names each invalid variable and says why. */
export class ConfigurationError extends Error {
  // By which logs and messages recognise it.
  override readonly name = 'ConfigurationError';
}

// Values of examples: an operator who starts with one of them has not chosen a secret.
const sampleSecrets = ['change-me', 'changeme', 'secret', 'please-change-me', 'your-secret-key', 'sample'];

const optional = (text: string | undefined): string | undefined => (text === '' ? undefined : text);
const integer = (min: number, max: number) => {
  const error = `must be a whole number from ${min} to ${max}`;
  return z.coerce.number({ error }).int(error).min(min, error).max(max, error);
};
const urlOf = (protocol: RegExp, error: string) => z.url({ protocol, error });
const httpUrl = urlOf(/^https?$/, 'must be an http or https URL, such as https://index.example.org');

const secondsPer: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };
/** A duration such as `15m`, in seconds. */
const duration = (min: string, max: string) =>
  z.string().transform((text, context) => {
    const seconds = secondsOf(text);
    if (seconds >= secondsOf(min) && seconds <= secondsOf(max)) return seconds;
    context.addIssue(`must be a duration from ${min} to ${max}, such as 15m, 1h or 1d`);
    return z.NEVER;
  });

function secondsOf(text: string): number {
  const [, count, unit = ''] = /^([0-9]{1,6})([smhd])$/.exec(text) ?? [];
  return Number(count) * (secondsPer[unit] ?? NaN);
}

const networks = (text: string, context: z.RefinementCtx): readonly Network[] => {
  try {
    return parseTrustedProxies(text);
  } catch (error) {
    context.addIssue((error as Error).message);
    return z.NEVER;
  }
};

const list = (text: string): readonly string[] =>
  text === 'none'
    ? []
    : text
        .split(',')
        .map((entry) => entry.trim())
        .filter((entry) => entry !== '');

const schema = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: integer(1, 65535).default(8080),
  PUBLIC_URL: httpUrl.optional(),
  ALLOW_HTTP: z.enum(['0', '1']).default('0'),
  HSTS_SUBDOMAINS: z.enum(['0', '1']).default('0'),
  DATABASE_URL: urlOf(/^postgres(ql)?$/, 'must be a URL such as postgres://user@host/database').optional(),
  PG_BIN_DIR: z.string().optional(),
  DATA_DIR: z.string().optional(),
  SECRET_KEY: z.string().min(32, 'must have at least 32 characters').optional(),
  SECRET_KEY_FILE: z.string().optional(),
  SERVER_PROCESSES: integer(1, 256).optional(),
  SERVER_HEAP_MB: integer(128, 65_536).default(512),
  SIGN_UP: z.enum(['open', 'invite', 'closed']).default('open'),
  TOKEN_TTL: integer(60, 3600).default(300),
  NEW_REPOSITORIES_PER_HOUR: integer(1, 1_000_000).default(200),
  NEW_REPOSITORIES_PER_DAY: integer(1, 10_000_000).default(1_000),
  ANONYMOUS_PULL_LIMIT: integer(1, 1_000_000_000).optional(),
  TRUSTED_PROXIES: z.string().default('').transform(networks),
  V1_ONLY_USER_AGENTS: z.string().default('default').transform(list),
  PASSWORD_MIN_LENGTH: integer(8, 64).default(10),
  MEILI_URL: httpUrl.optional(),
  MEILI_KEY: z.string().optional(),
  MEILI_SEARCH_KEY: z.string().optional(),
  SEARCH_CACHE_MS: integer(0, 250).default(250),
  EVENT_RETENTION_DAYS: integer(1, 3650).default(30),
  RECONCILE_EVERY: duration('1m', '7d').default(3_600),
  METRICS_HOST: z.string().default('127.0.0.1'),
  METRICS_PORT: integer(1, 65535).optional(),
  DRAIN_SECONDS: integer(0, 300).default(5),
  RATE_LIMITS: z.enum(['on', 'off']).default('on'),
  WORKER_HEALTH_FILE: z.string().optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace']).default('info'),
  LOG_FORMAT: z.enum(['json', 'pretty']).optional(),
});

/** The names of all variables that are read. */
export const variableNames: readonly string[] = Object.keys(schema.shape);

/** Reads the environment. Throws a ConfigurationError that names every invalid variable. */
export function loadConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const variables = Object.fromEntries(variableNames.map((name) => [name, optional(env[name])]));
  const checked = checkInput(schema, variables, 'environment');
  if ('errors' in checked) {
    const errors = checked.errors.map(({ field, message }) => `${field}: ${message}`);
    throw new ConfigurationError(`invalid configuration: ${errors.join('; ')}`);
  }
  const values = checked.value;
  const publicUrl = readPublicUrl(
    values.PUBLIC_URL ?? `http://localhost:${values.PORT}`,
    values.ALLOW_HTTP === '1',
  );
  return deepFreeze({
    server: {
      host: values.HOST,
      port: values.PORT,
      publicUrl,
      secure: publicUrl.startsWith('https:'),
      hstsSubdomains: values.HSTS_SUBDOMAINS === '1',
      processes: values.SERVER_PROCESSES ?? availableParallelism(),
      heapMb: values.SERVER_HEAP_MB,
      trustedProxies: values.TRUSTED_PROXIES,
      v1OnlyUserAgents: values.V1_ONLY_USER_AGENTS,
    },
    metrics: { host: values.METRICS_HOST, port: values.METRICS_PORT },
    database: { url: values.DATABASE_URL, binDir: values.PG_BIN_DIR },
    dataDir: resolve(values.DATA_DIR ?? join(packageRoot, 'data')),
    secretKey: readSecretKey(values.SECRET_KEY, values.SECRET_KEY_FILE),
    accounts: {
      signUp: values.SIGN_UP,
      passwordMinLength: values.PASSWORD_MIN_LENGTH,
      newRepositories: {
        perHour: values.NEW_REPOSITORIES_PER_HOUR,
        perDay: values.NEW_REPOSITORIES_PER_DAY,
      },
    },
    meilisearch: values.MEILI_URL
      ? {
          url: values.MEILI_URL.replace(/\/+$/, ''),
          key: values.MEILI_KEY,
          searchKey: values.MEILI_SEARCH_KEY,
        }
      : undefined,
    searchCacheMs: values.SEARCH_CACHE_MS,
    tokens: { ttl: values.TOKEN_TTL, anonymousPulls: values.ANONYMOUS_PULL_LIMIT },
    eventRetentionDays: values.EVENT_RETENTION_DAYS,
    reconcileEvery: values.RECONCILE_EVERY,
    drainSeconds: values.DRAIN_SECONDS,
    rateLimits: values.RATE_LIMITS === 'on',
    workerHealthFile: values.WORKER_HEALTH_FILE,
    log: { level: values.LOG_LEVEL, format: values.LOG_FORMAT ?? (process.stdout.isTTY ? 'pretty' : 'json') },
  });
}

function readPublicUrl(text: string, allowHttp: boolean): string {
  const url = new URL(text);
  if (url.pathname !== '/' || url.search || url.hash || url.username || url.password) {
    throw new ConfigurationError(
      'invalid configuration: PUBLIC_URL: must be an origin such as https://index.example.org',
    );
  }
  const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (url.protocol === 'http:' && !loopback && !allowHttp) {
    throw new ConfigurationError(
      'invalid configuration: PUBLIC_URL: http is accepted for loopback names only, unless ALLOW_HTTP is 1',
    );
  }
  return url.origin;
}

function readSecretKey(value: string | undefined, file: string | undefined): string | undefined {
  let key = value;
  if (key === undefined && file !== undefined) {
    try {
      key = readFileSync(file, 'utf8').trim();
    } catch (error) {
      throw new ConfigurationError(`invalid configuration: SECRET_KEY_FILE: ${(error as Error).message}`);
    }
    if (key.length < 32) {
      throw new ConfigurationError(
        'invalid configuration: SECRET_KEY_FILE: must contain at least 32 characters',
      );
    }
  }
  if (key !== undefined && isSample(key)) {
    throw new ConfigurationError(
      'invalid configuration: SECRET_KEY: is a known sample value, choose your own',
    );
  }
  return key;
}

function isSample(key: string): boolean {
  const plain = key.toLowerCase();
  return new Set(plain).size < 8 || sampleSecrets.some((sample) => plain.includes(sample));
}

function deepFreeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) {
    if (typeof part === 'object' && part !== null) deepFreeze(part as object);
  }
  return Object.freeze(value);
}
