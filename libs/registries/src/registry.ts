import { invalidInput, type FieldError } from '@central-index/platform/errors';

/** Software families that differ in configuration, tokens and reports. */
export const registryKinds = ['distribution2', 'distribution3', 'zot', 'v1'] as const;

/** One of the families in `registryKinds`. */
export type RegistryKind = (typeof registryKinds)[number];

/** Signature algorithms that a registry may ask for (RFC 7518). */
export const tokenAlgorithms = ['ES256', 'RS256'] as const;

/** One of the algorithms in `tokenAlgorithms`. */
export type TokenAlgorithm = (typeof tokenAlgorithms)[number];

/** A blob registry that the index serves. */
export interface Registry {
  readonly id: string;
  readonly name: string;
  /** Origin where the index reaches it. */
  readonly url: string;
  /** What clients type before a repository's name: `host` or `host:port`. */
  readonly host: string;
  /** Origin where it reports; null means PUBLIC_URL. */
  readonly hookUrl: string | null;
  /** Its name in tokens (`aud`). */
  readonly service: string;
  readonly kind: RegistryKind;
  /** Seconds its tokens live; null means TOKEN_TTL. */
  readonly tokenTtl: number | null;
  /** How its tokens are signed. RS256 is for those that verify nothing newer: it costs the index twenty times as much. */
  readonly tokenAlgorithm: TokenAlgorithm;
  readonly createdAt: Date;
}

/** What an administrator says of a new registry; the rest has defaults. */
export interface NewRegistry {
  readonly name: string;
  readonly url: string;
  readonly host?: string;
  readonly hookUrl?: string;
  readonly service?: string;
  readonly kind?: RegistryKind;
  readonly tokenTtl?: number;
  readonly tokenAlgorithm?: TokenAlgorithm;
}

/** The audience of the index itself: no registry may bear it. */
export const indexService = 'central-index';

const name = /^[a-z0-9]+(?:-+[a-z0-9]+)*$/;
const service = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,254}$/;
const host = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::[1-9][0-9]{0,4})?$/;

/** An `http:` or `https:` origin without a trailing slash, or undefined when the text is anything else or more. */
function parseOrigin(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const plain = url.pathname === '/' && !url.search && !url.hash && !url.username && !url.password;
  return plain && (url.protocol === 'http:' || url.protocol === 'https:') ? url.origin : undefined;
}

/** Checks what was said of a registry and fills in the defaults; throws VALIDATION_FAILED naming every wrong field. */
export function validateRegistry(input: NewRegistry): Omit<Registry, 'id' | 'createdAt'> {
  const wrong: FieldError[] = [];
  const check = (right: boolean, field: string, message: string): void => {
    if (!right) wrong.push({ field, message });
  };
  const anOrigin = 'must be an http or https origin, such as https://registry.example.org:5000';
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
  check(
    complete.name.length <= 64 && name.test(complete.name),
    'name',
    'must be 1 to 64 lower-case letters and digits, with dashes between',
  );
  check(url !== undefined, 'url', anOrigin);
  check(hookUrl !== undefined, 'hook_url', anOrigin);
  check(
    url === undefined || (complete.host.length <= 255 && host.test(complete.host)),
    'host',
    'must be a host name with or without a port, as in registry.example.org:5000',
  );
  check(service.test(complete.service), 'service', 'must be 1 to 255 letters, digits and ._:/-');
  check(complete.service !== indexService, 'service', `${indexService} is the index's own name in tokens`);
  check(registryKinds.includes(complete.kind), 'kind', `must be one of ${registryKinds.join(', ')}`);
  check(
    tokenAlgorithms.includes(complete.tokenAlgorithm),
    'token_algorithm',
    `must be one of ${tokenAlgorithms.join(', ')}`,
  );
  check(
    complete.tokenTtl === null ||
      (Number.isInteger(complete.tokenTtl) && complete.tokenTtl >= 60 && complete.tokenTtl <= 3600),
    'token_ttl',
    'must be 60 to 3600 seconds',
  );
  if (wrong.length > 0) throw invalidInput(wrong);
  return complete;
}
