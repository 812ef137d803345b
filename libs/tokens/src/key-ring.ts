import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { ChangeListener, Database, Sealer } from '@central-index/platform/database';
import type { TokenAlgorithm } from '@central-index/registries';
import { Injectable } from '@nestjs/common';
import { base64Der } from './certificates';
import { tokenHead, type TokenKey } from './json-web-token';
import { SigningKeyEntity } from './signing-key.entity';
import { leafSeal, type KeyPurpose } from './signing-key-factory';
import { maxUnnotifiedAgeMs, SigningKeysService } from './signing-keys.service';

/** A key ready to sign with, parsed. */
export interface ReadyKey extends TokenKey {
  readonly kid: string;
}

interface Snapshot {
  readonly readAt: number;
  readonly rows: readonly SigningKeyEntity[];
}

// A rotation is told, and then followed at once. Where nothing can be told, keys are read this often.
const snapshotTtlMs = 60_000;
// Unknown key ids, which anybody can send, cause one query a second at most.
const refreshAfterMs = 1_000;

/** The keys of this process: read again when they change, each parsed once. */
@Injectable()
export class KeyRing {
  private snapshot: Snapshot = { readAt: -Infinity, rows: [] };
  private reading: Promise<Snapshot> | undefined;
  private readonly parsed = new Map<string, { ready?: ReadyKey; publicKey?: KeyObject }>();
  private changeCount = 0;
  private knownIssuer: string | undefined;

  constructor(
    private readonly database: Database,
    private readonly sealer: Sealer,
    private readonly keys: SigningKeysService,
    private readonly changes: ChangeListener,
  ) {
    changes.subscribe((change) => {
      if (change !== undefined && !change.startsWith('signing-key:')) return;
      // A read that is under way may have begun before the change.
      this.changeCount += 1;
      this.snapshot = { ...this.snapshot, readAt: -Infinity };
      this.reading = undefined;
    });
  }

  /** The key that signs for a purpose now; made when it is first needed. */
  async signingKey(purpose: KeyPurpose, algorithm: TokenAlgorithm): Promise<ReadyKey> {
    const isActive = (row: SigningKeyEntity): boolean =>
      row.purpose === purpose && row.algorithm === algorithm && row.state === 'active';
    let row = (await this.read()).rows.find(isActive);
    if (row === undefined) {
      await this.keys.prepareFor(purpose, algorithm);
      // Not the shared read: one that is under way may have begun before the key was there.
      row = (await this.query()).rows.find(isActive);
    }
    if (row === undefined) throw new Error(`there is no signing key for ${purpose}`);
    return this.ready(row);
  }

  /** The public half by key id, of what signs for the index itself: another registry's key opens nothing here. */
  async verificationKey(kid: string): Promise<KeyObject | undefined> {
    const isMeant = (row: SigningKeyEntity): boolean =>
      row.purpose === 'shared' && row.algorithm === 'ES256' && row.kid === kid;
    const row =
      (await this.read()).rows.find(isMeant) ?? (await this.read(refreshAfterMs)).rows.find(isMeant);
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
      head: tokenHead(row.algorithm, row.kid, base64Der(row.certificate)),
    });
  }

  private entry(kid: string): { ready?: ReadyKey; publicKey?: KeyObject } {
    const known = this.parsed.get(kid) ?? {};
    this.parsed.set(kid, known);
    return known;
  }

  private async read(maxAge = this.changes.isLive ? snapshotTtlMs : maxUnnotifiedAgeMs): Promise<Snapshot> {
    if (performance.now() - this.snapshot.readAt < maxAge) return this.snapshot;
    // Callers that arrive while a query runs share its answer.
    const reading = (this.reading ??= this.query().finally(() => {
      if (this.reading === reading) this.reading = undefined;
    }));
    return reading;
  }

  private async query(): Promise<Snapshot> {
    const readAt = performance.now();
    const { changeCount } = this;
    const rows = await this.database.manager.find(SigningKeyEntity);
    const kids = new Set(rows.map(({ kid }) => kid));
    for (const kid of this.parsed.keys()) if (!kids.has(kid)) this.parsed.delete(kid);
    const snapshot = { readAt, rows };
    return (this.snapshot = this.changeCount === changeCount ? snapshot : { rows, readAt: -Infinity });
  }
}
