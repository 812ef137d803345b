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
import { Database, Sealer } from '@central-index/platform/database';
import type { JsonValue } from './client';
import { testSecretKey } from './database';
import type { IndexUnderTest } from './index-under-test';

type Json = Record<string, unknown>;

/** The index's own signing key, taken out of its database: some forgeries must be signed rightly. */
export interface SigningKeyMaterial {
  readonly kid: string;
  readonly certificate: string;
  readonly privateKey: KeyObject;
}

const part = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const unsigned = (header: Json, claims: unknown): string => `${part(header)}.${part(claims)}`;

/** A JWT of any header and claims, signed by ES256. */
export function signEs256(header: Json, claims: unknown, key: KeyObject, dsaEncoding = 'ieee-p1363'): string {
  const text = unsigned(header, claims);
  const signature = sign('sha256', Buffer.from(text), { key, dsaEncoding: dsaEncoding as 'der' });
  return `${text}.${signature.toString('base64url')}`;
}

function hs256(header: Json, claims: unknown, secret: string | Buffer): string {
  const text = unsigned({ ...header, alg: 'HS256' }, claims);
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

/** Takes the key of a purpose out of the database, as only somebody who holds SECRET_KEY can. */
export async function readSigningKey(index: IndexUnderTest, purpose = 'shared'): Promise<SigningKeyMaterial> {
  const [row] = await index.app
    .get(Database)
    .rows<{ kid: string; certificate: string; sealed: Buffer }>(
      `select kid, certificate, sealed_private_key as sealed from signing_key where purpose = $1 and state = 'active'`,
      [purpose],
    );
  const der = new Sealer(testSecretKey).unseal(`signing-key:${row!.kid}`, row!.sealed);
  return { ...row!, privateKey: createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }) };
}

/** A token that is right in everything, and its readable parts. */
export interface ValidToken {
  readonly header: JsonValue;
  readonly claims: JsonValue;
  readonly token: string;
}

/**
 * Tokens that nobody who lacks our key can be kept from making, by name: no verifier, ours or a registry, may accept
 * a single one. `stranger` is a key and certificate that somebody made for himself under the same names.
 */
export function forgedTokens(
  valid: ValidToken,
  own: SigningKeyMaterial,
  stranger: SigningKeyMaterial,
): [name: string, token: string][] {
  const { header, claims, token } = valid;
  const [head, body, signature] = token.split('.') as [string, string, string];
  const publicKey = createPublicKey(own.certificate);
  const pem = publicKey.export({ format: 'pem', type: 'spki' });
  const der = publicKey.export({ format: 'der', type: 'spki' });
  const strangerLeaf = new X509Certificate(stranger.certificate).raw.toString('base64');
  const jwk = createPublicKey(stranger.certificate).export({ format: 'jwk' });
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey;
  const ed25519 = generateKeyPairSync('ed25519').privateKey;
  const bare = { typ: 'JWT', alg: 'ES256' };
  const otherwise = (alg: string, make: (text: Buffer) => Buffer): string => {
    const text = unsigned({ ...header, alg }, claims);
    return `${text}.${make(Buffer.from(text)).toString('base64url')}`;
  };
  const theirs = (head: Json): string => signEs256(head, claims, stranger.privateKey);
  return [
    ['alg none, no signature', `${unsigned({ ...header, alg: 'none' }, claims)}.`],
    ['alg None, old signature', `${unsigned({ ...header, alg: 'None' }, claims)}.${signature}`],
    ['alg nOnE without kid', `${unsigned({ typ: 'JWT', alg: 'nOnE' }, claims)}.`],
    ['alg missing', `${unsigned({ typ: 'JWT', kid: own.kid }, claims)}.${signature}`],
    ['HS256 with the public key in PEM', hs256(header, claims, pem)],
    ['HS256 with the public key in DER', hs256(header, claims, der)],
    ['HS256 with the certificate', hs256(header, claims, own.certificate)],
    ['HS256 with the kid', hs256(header, claims, own.kid)],
    ['HS256 with nothing', hs256(header, claims, '')],
    ['a stranger under our kid', theirs({ ...bare, kid: own.kid })],
    ['a stranger under our whole header', theirs(header)],
    ['a stranger with his jwk under our kid', theirs({ ...bare, kid: own.kid, jwk })],
    ['a stranger with his jwk alone', theirs({ ...bare, jwk })],
    ['a stranger with his jwk and kid', theirs({ ...bare, kid: stranger.kid, jwk })],
    ['a stranger with his x5c of the same name', theirs({ ...bare, kid: own.kid, x5c: [strangerLeaf] })],
    ['a stranger with his x5c and kid', theirs({ ...bare, kid: stranger.kid, x5c: [strangerLeaf] })],
    ['a stranger with his x5c before ours', theirs({ ...bare, x5c: [strangerLeaf, ...header.x5c] })],
    ['a stranger with a jku', theirs({ ...bare, kid: stranger.kid, jku: 'http://127.0.0.1:9/jwks.json' })],
    ['a stranger with an x5u', theirs({ ...bare, kid: stranger.kid, x5u: 'http://127.0.0.1:9/leaf.pem' })],
    ['RS256 of a stranger', otherwise('RS256', (text) => sign('sha256', text, rsa))],
    [
      'PS256 of a stranger',
      otherwise('PS256', (text) =>
        sign('sha256', text, { key: rsa, padding: constants.RSA_PKCS1_PSS_PADDING }),
      ),
    ],
    [
      'ES384 of a stranger',
      otherwise('ES384', (text) => sign('sha384', text, { key: p384, dsaEncoding: 'ieee-p1363' })),
    ],
    ['EdDSA of a stranger', otherwise('EdDSA', (text) => sign(null, text, ed25519))],
    ['ES256 in DER', signEs256(header, claims, own.privateKey, 'der')],
    ['a signature cut short', `${head}.${body}.${signature.slice(0, -4)}`],
    ['a signature of zeros', `${head}.${body}.${Buffer.alloc(64).toString('base64url')}`],
    ['no signature', `${head}.${body}.`],
    ['two parts', `${head}.${body}`],
    ['four parts', `${token}.${signature}`],
    ['another payload', `${head}.${part({ ...claims, sub: 'olga' })}.${signature}`],
    ['another header', `${part({ ...header, extra: 1 })}.${body}.${signature}`],
  ];
}

/**
 * Tokens signed with our own key that say something wrong, by name. Our verifier refuses them all; registries are more
 * lenient with some.
 */
export function misissuedTokens(
  { header, claims }: ValidToken,
  own: SigningKeyMaterial,
): [name: string, token: string][] {
  const now = Math.floor(Date.now() / 1000);
  const bare = { typ: 'JWT', alg: 'ES256' };
  const without = (name: string): Json =>
    Object.fromEntries(Object.entries(claims as Json).filter(([key]) => key !== name));
  const ours = (its: unknown, head: Json = header): string => signEs256(head, its, own.privateKey);
  return [
    ['our key without kid', ours(claims, { ...bare, x5c: header.x5c })],
    ['our key under an unknown kid', ours(claims, { ...header, kid: 'unknown' })],
    ['our key under a kid that is a path', ours(claims, { ...header, kid: '../../../dev/null' })],
    ['our key under a kid that is SQL', ours(claims, { ...header, kid: `' or '1'='1` })],
    ['our key under a kid that is a list', ours(claims, { ...header, kid: [own.kid] })],
    ['our key with an unknown critical extension', ours(claims, { ...header, crit: ['x'], x: 1 })],
    ['exp missing', ours(without('exp'))],
    ['exp as text', ours({ ...claims, exp: String(now + 300) })],
    ['exp with a fraction', ours({ ...claims, exp: now + 300.5 })],
    ['exp 90 seconds ago', ours({ ...claims, exp: now - 90 })],
    ['nbf in 90 seconds', ours({ ...claims, nbf: now + 90 })],
    ['nbf missing', ours(without('nbf'))],
    ['iss missing', ours(without('iss'))],
    ['iss of another index', ours({ ...claims, iss: `${claims.iss}0` })],
    ['iss as a list', ours({ ...claims, iss: [claims.iss] })],
    ['aud missing', ours(without('aud'))],
    ['aud of another service', ours({ ...claims, aud: `${claims.aud}-2` })],
    ['aud empty', ours({ ...claims, aud: '' })],
    ['aud as a list', ours({ ...claims, aud: [claims.aud] })],
    ['sub missing', ours(without('sub'))],
    ['sub as a number', ours({ ...claims, sub: 1 })],
    ['access missing', ours(without('access'))],
    ['access that is no list', ours({ ...claims, access: { 0: {}, length: 1 } })],
    ['claims that are text', ours('"olga"')],
    ['claims that are no JSON', ours('{')],
    ['far too long', ours({ ...claims, padding: 'x'.repeat(7_000) })],
  ];
}
