import {
  createHash,
  createPublicKey,
  randomBytes,
  webcrypto,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';
// Must be loaded before the certificate library, whose schemas use decorators.
import 'reflect-metadata';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type { TokenAlgorithm } from '@central-index/registries';

/** A certificate in PEM, and its private key in PKCS #8 DER, not sealed. */
export interface CertifiedKey {
  readonly certificate: string;
  readonly privateKey: Buffer;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** A public key as JWKS lists it (RFC 7517). */
export interface PublicJwk extends Readonly<JsonWebKey> {
  readonly kid: string;
  readonly use: 'sig';
  readonly alg: string;
  readonly x5c: readonly string[];
}

const dayMs = 86_400_000;
const authorityDays = 20 * 365.25;
const leafDays = 90;
const curve = { name: 'ECDSA', namedCurve: 'P-256' };
// For registries whose verifier has no elliptic curves. 2048 bits are safe for longer than a leaf is valid, and sign twice
// as fast as 3072.
const rsa = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
};
const signature = { name: 'ECDSA', hash: 'SHA-256' };

// Clocks of registries may be behind ours, and certificates allow no leeway: both kinds are backdated by a day.
const backdated = (now: Date): Date => new Date(now.getTime() - dayMs);
const after = (now: Date, days: number): Date => new Date(now.getTime() + days * dayMs);
// RFC 5280 requires a positive integer of at most 20 octets.
const serialNumber = (): string => `01${randomBytes(15).toString('hex')}`;

/** Creates the authority that registries trust: self-signed, valid for 20 years, for signing leaves only. */
export async function makeAuthority(name: string, now: Date): Promise<CertifiedKey> {
  const keys = await webcrypto.subtle.generateKey(curve, true, ['sign', 'verify']);
  const notBefore = backdated(now);
  const notAfter = after(now, authorityDays);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: [{ CN: [name] }],
    notBefore,
    notAfter,
    keys,
    signingAlgorithm: signature,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return exportKey(certificate, keys.privateKey, notBefore, notAfter);
}

/** Creates a key that signs tokens by an algorithm, certified by the authority for 90 days, or until `notAfter`. */
export async function makeLeaf(
  authority: { certificate: string; privateKey: Buffer },
  name: string,
  algorithm: TokenAlgorithm,
  now: Date,
  notAfter = after(now, leafDays),
): Promise<CertifiedKey> {
  const issuer = new X509Certificate(authority.certificate);
  const signingKey = await webcrypto.subtle.importKey('pkcs8', authority.privateKey, curve, false, ['sign']);
  const keys = await webcrypto.subtle.generateKey(algorithm === 'ES256' ? curve : rsa, true, [
    'sign',
    'verify',
  ]);
  const notBefore = backdated(now);
  const certificate = await X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: [{ CN: [name] }],
    issuer: issuer.subjectName,
    notBefore,
    notAfter,
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm: signature,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  return exportKey(certificate, keys.privateKey, notBefore, notAfter);
}

async function exportKey(
  certificate: X509Certificate,
  privateKey: webcrypto.CryptoKey,
  notBefore: Date,
  notAfter: Date,
): Promise<CertifiedKey> {
  const der = await webcrypto.subtle.exportKey('pkcs8', privateKey);
  return {
    certificate: `${certificate.toString('pem')}\n`,
    privateKey: Buffer.from(der),
    notBefore,
    notAfter,
  };
}

/** RFC 7638 thumbprint of a key: SHA-256 of its required members in alphabetical order, base64url. */
export function thumbprint(publicKey: KeyObject): string {
  const { crv, e, kty, n, x, y } = publicKey.export({ format: 'jwk' });
  const members = kty === 'RSA' ? { e, kty, n } : { crv, kty, x, y };
  return createHash('sha256').update(JSON.stringify(members)).digest('base64url');
}

/** The certificate's DER in base64, as `x5c` requires it (RFC 7515, 4.1.6). */
export function base64Der(certificate: string): string {
  return certificate.replace(/-----[A-Z ]+-----|\s/g, '');
}

/** The JWKS entry of a certified key, with the `kid` that its tokens name. */
export function publicJwk(kid: string, algorithm: string, certificate: string): PublicJwk {
  const jwk = createPublicKey(certificate).export({ format: 'jwk' });
  return { ...jwk, kid, use: 'sig', alg: algorithm, x5c: [base64Der(certificate)] };
}
