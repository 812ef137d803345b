import {
  createHash,
  createPublicKey,
  randomBytes,
  webcrypto,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';
// Decorators of the certificate library's schemas need it before the library is loaded.
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

/** A certificate and its private key, as kept: PEM, and PKCS #8 DER before it is sealed. */
export interface CertifiedKey {
  readonly certificate: string;
  readonly privateKey: Buffer;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** The public half of a signing key as JWKS shows it (RFC 7517). */
export interface PublicJwk extends Readonly<JsonWebKey> {
  readonly kid: string;
  readonly use: 'sig';
  readonly alg: string;
  readonly x5c: readonly string[];
}

const day = 86_400_000;
const authorityDays = 20 * 365.25;
const leafDays = 90;
const curve = { name: 'ECDSA', namedCurve: 'P-256' };
// For registries whose verifier knows no elliptic curves. 2048 bits outlive a leaf, and sign twice as fast as 3072.
const rsa = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
};
const signature = { name: 'ECDSA', hash: 'SHA-256' };

// Registries' clocks may lag behind ours, and certificates know no leeway: both kinds are back-dated by a day.
const backdated = (now: Date): Date => new Date(now.getTime() - day);
const after = (now: Date, days: number): Date => new Date(now.getTime() + days * day);
// Whole and positive: RFC 5280 wants a serial number of at most 20 octets that is above zero.
const serialNumber = (): string => `01${randomBytes(15).toString('hex')}`;

/** Makes the authority that registries trust: self-signed, 20 years, able to sign leaves and nothing below them. */
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
  return kept(certificate, keys.privateKey, notBefore, notAfter);
}

/** Makes a key that signs tokens by an algorithm, certified by the authority for 90 days, or until `notAfter`. */
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
  return kept(certificate, keys.privateKey, notBefore, notAfter);
}

async function kept(
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

/** RFC 7638 thumbprint of a key: SHA-256 over its required members in their one order, base64url. */
export function thumbprint(publicKey: KeyObject): string {
  const { crv, e, kty, n, x, y } = publicKey.export({ format: 'jwk' });
  const members = kty === 'RSA' ? { e, kty, n } : { crv, kty, x, y };
  return createHash('sha256').update(JSON.stringify(members)).digest('base64url');
}

/** The certificate's DER in plain base64: the form that `x5c` wants (RFC 7515, 4.1.6). */
export function base64Der(certificate: string): string {
  return certificate.replace(/-----[A-Z ]+-----|\s/g, '');
}

/** The JWKS entry of a certified key, under the `kid` that tokens bear. */
export function publicJwk(kid: string, algorithm: string, certificate: string): PublicJwk {
  const jwk = createPublicKey(certificate).export({ format: 'jwk' });
  return { ...jwk, kid, use: 'sig', alg: algorithm, x5c: [base64Der(certificate)] };
}
