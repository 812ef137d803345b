import { AccountAdministration, type Permission } from '@central-index/accounts';
import { Database, sql } from '@central-index/platform/database';
import { RegistriesService, type NewRegistry } from '@central-index/registries';
import { OfficialRepositoriesService } from '@central-index/repositories';
import { X509Certificate } from 'node:crypto';
import { verify } from 'jsonwebtoken';
import type { Actor, HttpResponse, JsonValue } from './client';
import type { IndexUnderTest } from './index-under-test';

const operator = { name: ':cli' };

/** Makes an account an administrator, as the operator's command does. */
export async function promote(index: IndexUnderTest, name: string): Promise<void> {
  await index.app.get(AccountAdministration).setAdministrator(name, true, operator);
}

/** Registers a registry, as the operator's command does. Returns its id. */
export async function register(index: IndexUnderTest, registry: NewRegistry): Promise<string> {
  return (await index.app.get(RegistriesService).add(registry, operator)).registry.id;
}

/** Adds an official repository, as the operator's command does. */
export async function addOfficial(index: IndexUnderTest, name: string): Promise<void> {
  await index.app.get(OfficialRepositoriesService).add(name, {}, operator);
}

/** Makes a placed repository active without a registry, as the event of its first push does. */
export async function markActive(
  index: IndexUnderTest,
  path: string,
  visibility: 'public' | 'private' = 'public',
): Promise<void> {
  await index.app
    .get(Database)
    .query(
      sql(
        `update repository set state = 'active', pushed_at = now(), visibility = $2 where path = $1 and registry_id is not null`,
      ),
      [path, visibility],
    );
}

/** Creates a personal access token with restrictions. Returns a client that uses it as a password. */
export async function withAccessToken(
  index: IndexUnderTest,
  owner: Actor,
  permissions: readonly Permission[],
  repositories: readonly string[],
): Promise<Actor> {
  const response = await owner.post('/api/v1/user/tokens', { label: 'test', permissions, repositories });
  if (response.status !== 201) throw new Error(`access token: ${response.status} ${response.text}`);
  return index.anonymous.basic(owner.name, response.json.token as string);
}

/** Decodes the header and claims of a JWT. */
export function readJwt(token: string): { header: JsonValue; claims: JsonValue } {
  const [header, claims] = token
    .split('.')
    .slice(0, 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString('utf8')));
  return { header, claims };
}

/** Requests a token, as clients do, and verifies its signature with an independent library. */
export async function requestToken(
  caller: Actor,
  service: string,
  scopes: readonly string[] = [],
  more: Readonly<Record<string, string>> = {},
): Promise<HttpResponse> {
  const query = new URLSearchParams({ service, ...more });
  scopes.forEach((scope) => query.append('scope', scope));
  const response = await caller.get(`/token?${query.toString()}`);
  if (response.status === 200) {
    const { header } = readJwt(response.json.token);
    const leaf = new X509Certificate(Buffer.from(header.x5c[0], 'base64'));
    verify(response.json.token, leaf.publicKey, { algorithms: ['ES256', 'RS256'], audience: service });
  }
  return response;
}

/** The access that a token grants, as `name action,action` entries separated by ` ; `, or the status of an error. */
export async function grantedAccess(
  caller: Actor,
  service: string,
  ...scopes: readonly string[]
): Promise<string> {
  const response = await requestToken(caller, service, scopes);
  if (response.status !== 200) return String(response.status);
  const access = readJwt(response.json.token).claims.access as { name: string; actions: string[] }[];
  return access.map(({ name, actions }) => `${name} ${actions.join(',')}`).join(' ; ');
}

/** Requests a token by POST, as OAuth 2 clients do. The field `scope` is a list separated by spaces. */
export function postToken(
  caller: Actor,
  service: string,
  fields: Readonly<Record<string, string>>,
  client = 'docker',
): Promise<HttpResponse> {
  return caller.send('POST', '/token', {
    body: new URLSearchParams({ service, client_id: client, ...fields }).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
  });
}

/** Requests an access token with a refresh token. */
export function refresh(caller: Actor, service: string, token: string, scope = ''): Promise<HttpResponse> {
  return postToken(caller, service, { grant_type: 'refresh_token', refresh_token: token, scope });
}
