import { invalidInput } from '@central-index/platform/errors';
import { unknownService } from '@central-index/tokens';
import type { FormFields } from '../http/body/form';

/** The parameters of GET /token. */
export interface TokenQuery {
  readonly service: string;
  /** The values of all `scope` parameters. */
  readonly scopes: readonly string[];
  /** The account that the client claims to be. */
  readonly account: string | undefined;
  readonly client: string;
  /** True if a refresh token is requested as well. */
  readonly offline: boolean;
}

/** The credentials in a form of POST /token, by grant type (RFC 6749, 4.3 and 6). */
export type TokenCredentials =
  | { readonly grantType: 'password'; readonly username: string; readonly password: string }
  | { readonly grantType: 'refresh_token'; readonly refreshToken: string };

/** The parameters of POST /token. */
export type TokenForm = Omit<TokenQuery, 'account'> & TokenCredentials;

const maxLength = 255;

/**
 * Reads the parameters of GET /token by RFC 6749, 3.2: unknown parameters are ignored, empty ones count as absent, and
 * only `scope` may be repeated. Throws VALIDATION_FAILED with a text for people, which docker prints, or UNKNOWN_SERVICE.
 */
export function readTokenQuery(fields: FormFields): TokenQuery {
  return {
    service: readService(fields),
    scopes: readAll(fields, 'scope'),
    account: readOne(fields, 'account'),
    client: readShort(fields, 'client_id') ?? '',
    offline: readChoice(fields, 'offline_token', 'true', 'false') === 'true',
  };
}

/** Reads the parameters of POST /token by the same rules. */
export function readTokenForm(fields: FormFields): TokenForm {
  const grantType = readChoice(fields, 'grant_type', 'password', 'refresh_token');
  const credentials: TokenCredentials =
    required(grantType, 'grant_type') === 'password'
      ? {
          grantType: 'password',
          username: required(readOne(fields, 'username'), 'username'),
          password: required(readOne(fields, 'password'), 'password'),
        }
      : {
          grantType: 'refresh_token',
          refreshToken: required(readOne(fields, 'refresh_token'), 'refresh_token', 'log in again'),
        };
  return {
    ...credentials,
    service: readService(fields),
    scopes: readAll(fields, 'scope'),
    client: required(readShort(fields, 'client_id'), 'client_id'),
    offline: readChoice(fields, 'access_type', 'offline', 'online') === 'offline',
  };
}

function readService(fields: FormFields): string {
  const service = required(
    readOne(fields, 'service'),
    'service',
    'it names the registry that the token is for',
  );
  // No registry has such a service, and PostgreSQL cannot hold U+0000.
  if (service.length > maxLength || service.includes('\0')) throw unknownService();
  return service;
}

/** The values of a parameter that are not empty. */
function readAll(fields: FormFields, name: string): readonly string[] {
  const values = Object.hasOwn(fields, name) ? [fields[name] ?? []].flat() : [];
  return values.filter((value) => value !== '');
}

function readOne(fields: FormFields, name: string): string | undefined {
  const values = readAll(fields, name);
  if (values.length > 1) throw invalid(name, 'was sent more than once');
  return values[0];
}

function readShort(fields: FormFields, name: string): string | undefined {
  const value = readOne(fields, name);
  if (value !== undefined && value.length > maxLength) {
    throw invalid(name, `may have ${maxLength} characters at most`);
  }
  return value;
}

function readChoice<T extends string>(fields: FormFields, name: string, ...choices: T[]): T | undefined {
  const value = readOne(fields, name);
  const choice = choices.find((one) => one === value);
  if (value !== undefined && choice === undefined) throw invalid(name, `may be ${choices.join(' or ')}`);
  return choice;
}

function required<T>(value: T | undefined, name: string, why?: string): T {
  if (value === undefined) throw invalid(name, why === undefined ? 'is missing' : `is missing: ${why}`);
  return value;
}

function invalid(field: string, message: string): Error {
  return invalidInput([{ field, message }]);
}
