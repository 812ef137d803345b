import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { Database, Sealer } from '@central-index/platform/database';
import { Injectable } from '@nestjs/common';
import { base64Der } from './certificates';
import { SigningKeyEntity } from './signing-key.entity';
import { leafSeal, SigningKeysService, type KeyPurpose } from './signing-keys.service';

/** A key ready to sign with, parsed. */
export interface ReadyKey {
  readonly kid: string;
  readonly algorithm: 'ES256';
  readonly privateKey: KeyObject;
  /** DER of the certificate in base64, for the `x5c` header. */
  readonly leaf: string;
}

interface Snapshot {
  readonly readAt: number;
  readonly rows: readonly SigningKeyEntity[];
}

// A rotation is followed within this time; a retired key verifies far longer than that.
const freshFor = 5_000;
// Unknown key ids, which anybody can send, cause one query a second at most.
const rereadAfter = 1_000;

/** The keys of this process: read again every few seconds, each parsed once. */
@Injectable()
export class KeyRing {
  private snapshot: Snapshot = { readAt: -Infinity, rows: [] };
  private reading: Promise<Snapshot> | undefined;
  private readonly parsed = new Map<string, { ready?: ReadyKey; publicKey?: KeyObject }>();
  private knownIssuer: string | undefined;

  constructor(
    private readonly database: Database,
    private readonly sealer: Sealer,
    private readonly keys: SigningKeysService,
  ) {}

  /** The key that signs for a purpose now; made when it is first needed. */
  async signingKey(purpose: KeyPurpose): Promise<ReadyKey> {
    const isActive = (row: SigningKeyEntity): boolean => row.purpose === purpose && row.state === 'active';
    let row = (await this.read(freshFor)).rows.find(isActive);
    if (row === undefined) {
      await this.keys.prepareFor(purpose);
      // Not the shared read: one that is under way may have begun before the key was there.
      row = (await this.query()).rows.find(isActive);
    }
    if (row === undefined) throw new Error(`there is no signing key for ${purpose}`);
    return this.ready(row);
  }

  /** The public half by key id, of the shared keys alone: a zot registry's key opens nothing here. */
  async verificationKey(kid: string): Promise<KeyObject | undefined> {
    const isMeant = (row: SigningKeyEntity): boolean => row.purpose === 'shared' && row.kid === kid;
    const row =
      (await this.read(freshFor)).rows.find(isMeant) ?? (await this.read(rereadAfter)).rows.find(isMeant);
    if (row === undefined) return undefined;
    const known = this.entry(kid);
    return (known.publicKey ??= createPublicKey(row.certificate));
  }

  /** `iss` of this index; it never changes. */
  async issuer(): Promise<string> {
    return (this.knownIssuer ??= await this.keys.issuer());
  }

  private ready(row: SigningKeyEntity): ReadyKey {
    const known = this.entry(row.kid);
    return (known.ready ??= {
      kid: row.kid,
      algorithm: row.algorithm,
      privateKey: createPrivateKey({
        key: this.sealer.unseal(leafSeal(row.kid), row.sealedPrivateKey),
        format: 'der',
        type: 'pkcs8',
      }),
      leaf: base64Der(row.certificate),
    });
  }

  private entry(kid: string): { ready?: ReadyKey; publicKey?: KeyObject } {
    const known = this.parsed.get(kid) ?? {};
    this.parsed.set(kid, known);
    return known;
  }

  private async read(maxAge: number): Promise<Snapshot> {
    if (performance.now() - this.snapshot.readAt < maxAge) return this.snapshot;
    // Callers that arrive while a query runs share its answer.
    this.reading ??= this.query().finally(() => (this.reading = undefined));
    return this.reading;
  }

  private async query(): Promise<Snapshot> {
    const readAt = performance.now();
    const rows = await this.database.manager.find(SigningKeyEntity);
    const kids = new Set(rows.map(({ kid }) => kid));
    for (const kid of this.parsed.keys()) if (!kids.has(kid)) this.parsed.delete(kid);
    return (this.snapshot = { readAt, rows });
  }
}
