import { AccessTokensService, AccountsService, type Permission } from '@central-index/accounts';
import { Database } from '@central-index/platform/database';
import { RegistriesService, type NewRegistry } from '@central-index/registries';
import { OfficialRepositoriesService } from '@central-index/repositories';
import { X509Certificate } from 'node:crypto';
import { verify } from 'jsonwebtoken';
import type { Actor, HttpResponse, JsonValue } from './client';
import type { IndexUnderTest } from './index-under-test';

const operator = { name: ':cli' };

/** Makes a person an administrator, as the operator's command does. */
export async function promote(index: IndexUnderTest, name: string): Promise<void> {
  await index.app
    .get(Database)
    .transaction((manager) => index.app.get(AccountsService).setAdministrator(manager, name, true, operator));
}

/** Registers a blob registry, as the operator's command does. Its id is the answer. */
export async function register(index: IndexUnderTest, registry: NewRegistry): Promise<string> {
  return (await index.app.get(RegistriesService).add(registry, operator)).registry.id;
}

/** Adds an official repository, as the operator's command does. */
export async function addOfficial(index: IndexUnderTest, name: string): Promise<void> {
  await index.app.get(OfficialRepositoriesService).add(name, {}, operator);
}

/**
 * Lets the images that a push grant announced arrive, without a registry: the state in which the report of a push
 * leaves a repository.
 */
export async function markActive(
  index: IndexUnderTest,
  path: string,
  visibility: 'public' | 'private' = 'public',
): Promise<void> {
  await index.app
    .get(Database)
    .rows(
      `update repository set state = 'active', pushed_at = now(), visibility = $2 where path = $1 and registry_id is not null`,
      [path, visibility],
    );
}

/** A personal access token of somebody, with its restrictions; the answer is the actor that uses it as a password. */
export async function withAccessToken(
  index: IndexUnderTest,
  owner: Actor,
  permissions: readonly Permission[],
  repositories: readonly string[],
): Promise<Actor> {
  const account = await index.app.get(AccountsService).find(owner.name);
  const { secret } = await index.app
    .get(AccessTokensService)
    .create(account!, { label: 'test', permissions, repositories, expiresAt: null }, '127.0.0.1');
  return owner.basic(owner.name, secret);
}

/** The two readable parts of a JWT. */
export function readJwt(token: string): { header: JsonValue; claims: JsonValue } {
  const [header, claims] = token
    .split('.')
    .slice(0, 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString('utf8')));
  return { header, claims };
}

/** Asks for a token, as clients do. What is signed here is verified by a library that others wrote. */
export async function requestToken(
  caller: Actor,
  service: string,
  scopes: readonly string[] = [],
  more: Readonly<Record<string, string>> = {},
): Promise<HttpResponse> {
  const query = new URLSearchParams({ service, ...more });
  scopes.forEach((scope) => query.append('scope', scope));
  const answer = await caller.get(`/token?${query.toString()}`);
  if (answer.status === 200) {
    const { header } = readJwt(answer.json.token);
    const leaf = new X509Certificate(Buffer.from(header.x5c[0], 'base64'));
    verify(answer.json.token, leaf.publicKey, { algorithms: ['ES256', 'RS256'], audience: service });
  }
  return answer;
}

/** What a token opens, written as `name action,action`, entries separated by ` ; `; or `403`, when refused. */
export async function grantedAccess(
  caller: Actor,
  service: string,
  ...scopes: readonly string[]
): Promise<string> {
  const answer = await requestToken(caller, service, scopes);
  if (answer.status !== 200) return String(answer.status);
  const access = readJwt(answer.json.token).claims.access as { name: string; actions: string[] }[];
  return access.map(({ name, actions }) => `${name} ${actions.join(',')}`).join(' ; ');
}

/** Asks for a token by POST, as OAuth2 clients do. `scope` is one list separated by spaces. */
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

/** Uses an refresh token. */
export function refresh(caller: Actor, service: string, token: string, scope = ''): Promise<HttpResponse> {
  return postToken(caller, service, { grant_type: 'refresh_token', refresh_token: token, scope });
}
