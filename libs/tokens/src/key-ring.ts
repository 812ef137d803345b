import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { ChangeListener, Sealer } from '@central-index/platform/database';
import type { TokenAlgorithm } from '@central-index/registries';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { base64Der } from './certificates';
import { tokenHead, type TokenKey } from './json-web-token';
import { SigningKeyEntity } from './signing-key.entity';
import { leafSeal, type KeyPurpose } from './signing-key-factory';
import { maxUnnotifiedAgeMs, SigningKeysService } from './signing-keys.service';

/** A parsed key that is ready to sign. */
export interface ReadyKey extends TokenKey {
  readonly kid: string;
}

interface Snapshot {
  readonly readAt: number;
  readonly rows: readonly SigningKeyEntity[];
}

interface ParsedKey {
  ready?: ReadyKey;
  publicKey?: KeyObject;
}

// Changes of keys are notified and take effect immediately. This is how old keys may be if a notification was lost.
const snapshotTtlMs = 60_000;
// Anyone can send unknown key ids: they cause one query per second at most.
const unknownKeyTtlMs = 1_000;

/** The keys of this process: read again when they change, each parsed once. */
@Injectable()
export class KeyRing {
  private snapshot: Snapshot = { readAt: -Infinity, rows: [] };
  private reading: Promise<Snapshot> | undefined;
  // By kid. Has entries only for keys of the snapshot, so that it needs no bound.
  private readonly parsed = new Map<string, ParsedKey>();
  private changeCount = 0;
  private cachedIssuer: string | undefined;

  constructor(
    @InjectRepository(SigningKeyEntity) private readonly rows: Repository<SigningKeyEntity>,
    private readonly sealer: Sealer,
    private readonly keys: SigningKeysService,
    private readonly changes: ChangeListener,
  ) {
    changes.subscribe((change) => {
      if (change !== undefined && !change.startsWith('signing-key:')) return;
      // A read in progress may have started before the change.
      this.changeCount += 1;
      this.snapshot = { ...this.snapshot, readAt: -Infinity };
      this.reading = undefined;
    });
  }

  /** The key that signs for a purpose now; created when it is first needed. */
  async signingKey(purpose: KeyPurpose, algorithm: TokenAlgorithm): Promise<ReadyKey> {
    const isActive = (row: SigningKeyEntity): boolean =>
      row.purpose === purpose && row.algorithm === algorithm && row.state === 'active';
    let row = (await this.read()).rows.find(isActive);
    if (row === undefined) {
      await this.keys.prepareFor(purpose, algorithm);
      // Not the shared read, which may have started before the key existed.
      row = (await this.query()).rows.find(isActive);
    }
    if (row === undefined) throw new Error(`there is no signing key for ${purpose}`);
    return this.ready(row);
  }

  /** The key that is to sign for a purpose after the present one; undefined while none is published. */
  async nextKey(purpose: KeyPurpose, algorithm: TokenAlgorithm): Promise<ReadyKey | undefined> {
    const { rows } = await this.read();
    const row = rows.find(
      (one) => one.purpose === purpose && one.algorithm === algorithm && one.state === 'next',
    );
    return row && this.ready(row);
  }

  /** The public key with that id, among the keys that sign for the index itself: no other key is accepted here. */
  async verificationKey(kid: string): Promise<KeyObject | undefined> {
    const isWanted = (row: SigningKeyEntity): boolean =>
      row.purpose === 'shared' && row.algorithm === 'ES256' && row.kid === kid;
    const row =
      (await this.read()).rows.find(isWanted) ?? (await this.read(unknownKeyTtlMs)).rows.find(isWanted);
    if (row === undefined) return undefined;
    const parsed = this.parsedKey(kid);
    return (parsed.publicKey ??= createPublicKey(row.certificate));
  }

  /** `iss` of this index; it never changes. */
  async issuer(): Promise<string> {
    return (this.cachedIssuer ??= await this.keys.issuer());
  }

  private ready(row: SigningKeyEntity): ReadyKey {
    const parsed = this.parsedKey(row.kid);
    return (parsed.ready ??= {
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

  private parsedKey(kid: string): ParsedKey {
    const parsed = this.parsed.get(kid) ?? {};
    this.parsed.set(kid, parsed);
    return parsed;
  }

  private async read(maxAgeMs = this.changes.isLive ? snapshotTtlMs : maxUnnotifiedAgeMs): Promise<Snapshot> {
    if (performance.now() - this.snapshot.readAt < maxAgeMs) return this.snapshot;
    // Callers that arrive while a query runs share its result.
    const reading = (this.reading ??= this.query().finally(() => {
      if (this.reading === reading) this.reading = undefined;
    }));
    return reading;
  }

  private async query(): Promise<Snapshot> {
    const readAt = performance.now();
    const { changeCount } = this;
    const rows = await this.rows.find();
    const kids = new Set(rows.map(({ kid }) => kid));
    for (const kid of this.parsed.keys()) if (!kids.has(kid)) this.parsed.delete(kid);
    const isCurrent = this.changeCount === changeCount;
    return (this.snapshot = { rows, readAt: isCurrent ? readAt : -Infinity });
  }
}
