import { createHash, randomBytes } from 'node:crypto';
import type { RegistryKind } from './registry';

/** A new secret with which a registry authenticates its notifications: `ci_hook_` and 256 random bits. */
export function createHookSecret(): string {
  return `ci_hook_${randomBytes(32).toString('base64url')}`;
}

/** The stored form of a hook secret. The secret is long and random, so a plain SHA-256 is enough. */
export function hookSecretHash(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** The secret in an `Authorization` header, empty when there is none. zot can send its secret only as a password. */
export function readHookSecret(authorization: string | undefined, kind: RegistryKind | undefined): string {
  const bearer = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
  if (bearer !== undefined || kind !== 'zot') return bearer ?? '';
  const basic = /^Basic +(\S+)$/i.exec(authorization ?? '')?.[1] ?? '';
  const pair = Buffer.from(basic, 'base64').toString('utf8');
  return pair.includes(':') ? pair.slice(pair.indexOf(':') + 1) : '';
}
