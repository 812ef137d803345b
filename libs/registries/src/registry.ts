import { invalidInput, type FieldError } from '@central-index/platform/errors';

/** Kinds of registry software, which differ in configuration, tokens and notifications. */
export const registryKinds = ['distribution2', 'distribution3', 'zot', 'v1'] as const;

/** One of `registryKinds`. */
export type RegistryKind = (typeof registryKinds)[number];

/** Signature algorithms of the tokens for a registry (RFC 7518). */
export const tokenAlgorithms = ['ES256', 'RS256'] as const;

/** One of `tokenAlgorithms`. */
export type TokenAlgorithm = (typeof tokenAlgorithms)[number];

/** A blob registry that accepts the index's tokens. */
export interface Registry {
  readonly id: string;
  readonly name: string;
  /** Origin at which the index reaches it. */
  readonly url: string;
  /** The first part of image references: `host` or `host:port`. Of a v1 registry several are possible, with commas. */
  readonly host: string;
  /** Origin of the index to which it sends notifications; null means PUBLIC_URL. */
  readonly hookUrl: string | null;
  /** Its name in tokens (`aud`). */
  readonly service: string;
  readonly kind: RegistryKind;
  /** Lifetime of its tokens in seconds; null means TOKEN_TTL. */
  readonly tokenTtl: number | null;
  /** RS256 is for registries that do not verify ES256: signing costs twenty times as much. */
  readonly tokenAlgorithm: TokenAlgorithm;
  /**
   * True if a proxy in front of it sets X-Forwarded-For. Otherwise that header is what the client wrote, and the address
   * that the registry took from it is not trusted.
   */
  readonly behindProxy?: boolean;
  readonly createdAt: Date;
}

/** What an administrator states about a new registry; absent fields have defaults. */
export interface NewRegistry {
  readonly name: string;
  readonly url: string;
  readonly host?: string;
  readonly hookUrl?: string;
  readonly service?: string;
  readonly kind?: RegistryKind;
  readonly tokenTtl?: number;
  readonly tokenAlgorithm?: TokenAlgorithm;
  readonly behindProxy?: boolean;
}

/** What of a registry is changed; absent fields stay as they are, and null restores the default. */
export interface RegistryChanges {
  readonly url?: string;
  readonly host?: string;
  readonly hookUrl?: string | null;
  readonly tokenTtl?: number | null;
  readonly behindProxy?: boolean;
}

/** What `validateRegistry` checks. */
export type CheckedRegistry = Omit<Registry, 'id' | 'createdAt' | 'behindProxy'>;

/** The audience of the index itself, which no registry may have as its service. */
export const indexService = 'central-index';

const namePattern = /^[a-z0-9]+(?:-+[a-z0-9]+)*$/;
const servicePattern = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,254}$/;
const hostPattern = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::[1-9][0-9]{0,4})?$/;

/** The hosts at which clients of a v1 registry reach it. They push to each of them. */
export const endpointsOf = ({ host }: Pick<Registry, 'host'>): string[] => host.split(',');

/** An `http:` or `https:` origin without a trailing slash; undefined for any other text. */
function parseOrigin(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const plain = url.pathname === '/' && !url.search && !url.hash && !url.username && !url.password;
  return plain && (url.protocol === 'http:' || url.protocol === 'https:') ? url.origin : undefined;
}

const originMessage = 'must be an http or https origin, such as https://registry.example.org:5000';

/** Validates a new registry and fills in the defaults. Throws VALIDATION_FAILED with every invalid field. */
export function validateRegistry(input: NewRegistry): CheckedRegistry {
  const url = parseOrigin(input.url);
  const hookUrl = input.hookUrl === undefined ? null : parseOrigin(input.hookUrl);
  const complete = {
    name: input.name,
    url: url ?? '',
    host: (input.host ?? (url === undefined ? '' : new URL(url).host)).toLowerCase(),
    hookUrl: hookUrl ?? null,
    service: input.service ?? input.name,
    kind: input.kind ?? 'distribution2',
    tokenTtl: input.tokenTtl ?? null,
    tokenAlgorithm: input.tokenAlgorithm ?? 'ES256',
  };
  const errors = fieldErrors(complete, { url: url !== undefined, hookUrl: hookUrl !== undefined });
  if (errors.length > 0) throw invalidInput(errors);
  return complete;
}

/**
 * Validates changes of a registry, and returns them as they are stored: only the fields that change. A new URL leaves the
 * host as it is, because the host is part of image references. Throws VALIDATION_FAILED with every invalid field, and
 * when nothing is changed.
 */
export function validateChanges(current: Registry, changes: RegistryChanges): RegistryChanges {
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  const fields = Object.keys(given) as (keyof RegistryChanges)[];
  if (fields.length === 0) throw invalidInput([{ field: '', message: 'must have a field to change' }]);
  const { hookUrl, tokenTtl, ...rest } = { ...current, ...given };
  const checked = validateRegistry({
    ...rest,
    hookUrl: hookUrl ?? undefined,
    tokenTtl: tokenTtl ?? undefined,
  });
  const values = { ...checked, behindProxy: rest.behindProxy };
  return Object.fromEntries(fields.map((field) => [field, values[field]]));
}

function fieldErrors(
  { name, host, service, kind, tokenTtl, tokenAlgorithm }: CheckedRegistry,
  isOrigin: { readonly url: boolean; readonly hookUrl: boolean },
): FieldError[] {
  const errors: FieldError[] = [];
  const check = (isValid: boolean, field: string, message: string): void => {
    if (!isValid) errors.push({ field, message });
  };
  check(
    name.length <= 64 && namePattern.test(name),
    'name',
    'must be 1 to 64 lower-case letters and digits, with dashes between',
  );
  check(isOrigin.url, 'url', originMessage);
  check(isOrigin.hookUrl, 'hook_url', originMessage);
  const hosts = kind === 'v1' ? endpointsOf({ host }) : [host];
  check(
    !isOrigin.url || (host.length <= 255 && hosts.every((one) => hostPattern.test(one))),
    'host',
    `must be a host name with or without a port, as in registry.example.org:5000${kind === 'v1' ? '; several with commas' : ''}`,
  );
  check(servicePattern.test(service), 'service', 'must be 1 to 255 letters, digits and ._:/-');
  check(service !== indexService, 'service', `${indexService} is the index's own name in tokens`);
  check(registryKinds.includes(kind), 'kind', `must be one of ${registryKinds.join(', ')}`);
  check(
    tokenAlgorithms.includes(tokenAlgorithm),
    'token_algorithm',
    `must be one of ${tokenAlgorithms.join(', ')}`,
  );
  check(
    tokenTtl === null || (Number.isInteger(tokenTtl) && tokenTtl >= 60 && tokenTtl <= 3600),
    'token_ttl',
    'must be 60 to 3600 seconds',
  );
  return errors;
}
