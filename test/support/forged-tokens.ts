import {
  constants,
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  X509Certificate,
  type KeyObject,
} from 'node:crypto';
import { Database, Sealer, sql } from '@central-index/platform/database';
import type { JsonValue } from './client';
import { testSecretKey } from './database';
import type { IndexUnderTest } from './index-under-test';

type Json = Record<string, unknown>;

/** A signing key with its certificate. */
export interface SigningKeyMaterial {
  readonly kid: string;
  readonly certificate: string;
  readonly privateKey: KeyObject;
}

const part = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const unsigned = (header: Json, claims: unknown): string => `${part(header)}.${part(claims)}`;

/** A JWT with any header and claims, signed with ES256. */
export function signEs256(header: Json, claims: unknown, key: KeyObject, dsaEncoding = 'ieee-p1363'): string {
  const signingInput = unsigned(header, claims);
  const signature = sign('sha256', Buffer.from(signingInput), { key, dsaEncoding: dsaEncoding as 'der' });
  return `${signingInput}.${signature.toString('base64url')}`;
}

function hs256(header: Json, claims: unknown, secret: string | Buffer): string {
  const signingInput = unsigned({ ...header, alg: 'HS256' }, claims);
  return `${signingInput}.${createHmac('sha256', secret).update(signingInput).digest('base64url')}`;
}

/** Reads the index's active signing key of a purpose from the database and unseals it, which needs SECRET_KEY. */
export async function readSigningKey(index: IndexUnderTest, purpose = 'shared'): Promise<SigningKeyMaterial> {
  const [row] = await index.app
    .get(Database)
    .query(
      sql<{ kid: string; certificate: string; sealed: Buffer }>(
        `select kid, certificate, sealed_private_key as sealed from signing_key where purpose = $1 and state = 'active'`,
      ),
      [purpose],
    );
  const der = new Sealer(testSecretKey).unseal(`signing-key:${row!.kid}`, row!.sealed);
  return { ...row!, privateKey: createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }) };
}

/** A valid token with its decoded header and claims. */
export interface ValidToken {
  readonly header: JsonValue;
  readonly claims: JsonValue;
  readonly token: string;
}

/**
 * Tokens that an attacker without the index's key can make, each with a description. No verifier, neither the index nor
 * a registry, may accept any of them. `foreign` is the attacker's own key, with a certificate of the same names.
 */
export function forgedTokens(
  valid: ValidToken,
  own: SigningKeyMaterial,
  foreign: SigningKeyMaterial,
): [name: string, token: string][] {
  const { header, claims, token } = valid;
  const [head, body, signature] = token.split('.') as [string, string, string];
  const publicKey = createPublicKey(own.certificate);
  const pem = publicKey.export({ format: 'pem', type: 'spki' });
  const der = publicKey.export({ format: 'der', type: 'spki' });
  const foreignLeaf = new X509Certificate(foreign.certificate).raw.toString('base64');
  const jwk = createPublicKey(foreign.certificate).export({ format: 'jwk' });
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey;
  const ed25519 = generateKeyPairSync('ed25519').privateKey;
  const minimal = { typ: 'JWT', alg: 'ES256' };
  const signedAs = (alg: string, signWith: (signingInput: Buffer) => Buffer): string => {
    const signingInput = unsigned({ ...header, alg }, claims);
    return `${signingInput}.${signWith(Buffer.from(signingInput)).toString('base64url')}`;
  };
  const byForeignKey = (head: Json): string => signEs256(head, claims, foreign.privateKey);
  return [
    ['alg none, no signature', `${unsigned({ ...header, alg: 'none' }, claims)}.`],
    ['alg None, old signature', `${unsigned({ ...header, alg: 'None' }, claims)}.${signature}`],
    ['alg nOnE without kid', `${unsigned({ typ: 'JWT', alg: 'nOnE' }, claims)}.`],
    ['alg missing', `${unsigned({ typ: 'JWT', kid: own.kid }, claims)}.${signature}`],
    ['HS256 with the public key in PEM', hs256(header, claims, pem)],
    ['HS256 with the public key in DER', hs256(header, claims, der)],
    ['HS256 with the certificate', hs256(header, claims, own.certificate)],
    ['HS256 with the kid', hs256(header, claims, own.kid)],
    ['HS256 with an empty secret', hs256(header, claims, '')],
    ['a foreign key under our kid', byForeignKey({ ...minimal, kid: own.kid })],
    ['a foreign key under our whole header', byForeignKey(header)],
    ['a foreign key with its jwk under our kid', byForeignKey({ ...minimal, kid: own.kid, jwk })],
    ['a foreign key with its jwk alone', byForeignKey({ ...minimal, jwk })],
    ['a foreign key with its jwk and kid', byForeignKey({ ...minimal, kid: foreign.kid, jwk })],
    [
      'a foreign key with its x5c of the same name',
      byForeignKey({ ...minimal, kid: own.kid, x5c: [foreignLeaf] }),
    ],
    [
      'a foreign key with its x5c and kid',
      byForeignKey({ ...minimal, kid: foreign.kid, x5c: [foreignLeaf] }),
    ],
    [
      'a foreign key with its x5c before ours',
      byForeignKey({ ...minimal, x5c: [foreignLeaf, ...header.x5c] }),
    ],
    [
      'a foreign key with a jku',
      byForeignKey({ ...minimal, kid: foreign.kid, jku: 'http://127.0.0.1:9/jwks.json' }),
    ],
    [
      'a foreign key with an x5u',
      byForeignKey({ ...minimal, kid: foreign.kid, x5u: 'http://127.0.0.1:9/leaf.pem' }),
    ],
    ['RS256 by a foreign key', signedAs('RS256', (text) => sign('sha256', text, rsa))],
    [
      'PS256 by a foreign key',
      signedAs('PS256', (text) =>
        sign('sha256', text, { key: rsa, padding: constants.RSA_PKCS1_PSS_PADDING }),
      ),
    ],
    [
      'ES384 by a foreign key',
      signedAs('ES384', (text) => sign('sha384', text, { key: p384, dsaEncoding: 'ieee-p1363' })),
    ],
    ['EdDSA by a foreign key', signedAs('EdDSA', (text) => sign(null, text, ed25519))],
    ['ES256 in DER', signEs256(header, claims, own.privateKey, 'der')],
    ['a truncated signature', `${head}.${body}.${signature.slice(0, -4)}`],
    ['a signature of zeros', `${head}.${body}.${Buffer.alloc(64).toString('base64url')}`],
    ['no signature', `${head}.${body}.`],
    ['two parts', `${head}.${body}`],
    ['four parts', `${token}.${signature}`],
    ['another payload', `${head}.${part({ ...claims, sub: 'olga' })}.${signature}`],
    ['another header', `${part({ ...header, extra: 1 })}.${body}.${signature}`],
  ];
}

/**
 * Tokens with invalid contents that are signed with the index's own key, each with a description. The index's verifier
 * rejects all of them; registries are more lenient with some.
 */
export function misissuedTokens(
  { header, claims }: ValidToken,
  own: SigningKeyMaterial,
): [name: string, token: string][] {
  const now = Math.floor(Date.now() / 1000);
  const minimal = { typ: 'JWT', alg: 'ES256' };
  const without = (name: string): Json =>
    Object.fromEntries(Object.entries(claims as Json).filter(([key]) => key !== name));
  const byOwnKey = (payload: unknown, head: Json = header): string =>
    signEs256(head, payload, own.privateKey);
  return [
    ['our key without kid', byOwnKey(claims, { ...minimal, x5c: header.x5c })],
    ['our key under an unknown kid', byOwnKey(claims, { ...header, kid: 'unknown' })],
    ['our key under a kid that is a path', byOwnKey(claims, { ...header, kid: '../../../dev/null' })],
    ['our key under a kid that is SQL', byOwnKey(claims, { ...header, kid: `' or '1'='1` })],
    ['our key under a kid that is a list', byOwnKey(claims, { ...header, kid: [own.kid] })],
    ['our key with an unknown critical extension', byOwnKey(claims, { ...header, crit: ['x'], x: 1 })],
    ['exp missing', byOwnKey(without('exp'))],
    ['exp as text', byOwnKey({ ...claims, exp: String(now + 300) })],
    ['exp with a fraction', byOwnKey({ ...claims, exp: now + 300.5 })],
    ['exp 90 seconds ago', byOwnKey({ ...claims, exp: now - 90 })],
    ['nbf in 90 seconds', byOwnKey({ ...claims, nbf: now + 90 })],
    ['nbf missing', byOwnKey(without('nbf'))],
    ['iss missing', byOwnKey(without('iss'))],
    ['iss of another index', byOwnKey({ ...claims, iss: `${claims.iss}0` })],
    ['iss as a list', byOwnKey({ ...claims, iss: [claims.iss] })],
    ['aud missing', byOwnKey(without('aud'))],
    ['aud of another service', byOwnKey({ ...claims, aud: `${claims.aud}-2` })],
    ['aud empty', byOwnKey({ ...claims, aud: '' })],
    ['aud as a list', byOwnKey({ ...claims, aud: [claims.aud] })],
    ['sub missing', byOwnKey(without('sub'))],
    ['sub as a number', byOwnKey({ ...claims, sub: 1 })],
    ['access missing', byOwnKey(without('access'))],
    ['access that is not a list', byOwnKey({ ...claims, access: { 0: {}, length: 1 } })],
    ['claims that are text', byOwnKey('"olga"')],
    ['claims that are not JSON', byOwnKey('{')],
    ['longer than the limit', byOwnKey({ ...claims, padding: 'x'.repeat(7_000) })],
  ];
}
