import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { AuditService, type Actor } from '@central-index/audit';
import { ChangeListener, Database, Sealer } from '@central-index/platform/database';
import { Injectable } from '@nestjs/common';
import { In, type EntityManager } from 'typeorm';
import { CertificateAuthorityEntity } from './certificate-authority.entity';
import { publicJwk, type CertifiedKey, type PublicJwk } from './certificates';
import { SigningKeyFactory, type KeyPurpose } from './signing-key-factory';
import type { TokenAlgorithm } from '@central-index/registries';
import { SigningKeyEntity } from './signing-key.entity';
import { insertSetting, lockKeys, selectSetting } from './signing-keys.queries';

/** A signing key as operators see it, without the private key. */
export interface SigningKeyRecord {
  readonly kid: string;
  readonly algorithm: string;
  readonly purpose: string;
  readonly state: 'next' | 'active' | 'retired';
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly createdAt: Date;
  readonly activatedAt: Date | null;
}

/** What a rotation changed, by `kid`. */
export interface RotationOutcome {
  readonly published: readonly string[];
  readonly activated: readonly string[];
  readonly removed: readonly string[];
}

// The same in all processes, and different from the lock of migrations.
const keyLock = 5_020_882;
const issuerSetting = 'token-issuer';
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const replaceAfterMs = 60 * dayMs;
const publishBeforeMs = hourMs;
// Twice the longest validity of a token (3,600 s) with the leeway of registries (60 s).
const retentionMs = 2 * hourMs;

/** How old the keys of a process may be while it cannot be notified of changes. */
export const maxUnnotifiedAgeMs = 250;

/** Creates, stores and replaces the keys that sign tokens, and publishes the public keys. */
@Injectable()
export class SigningKeysService {
  private readonly factory: SigningKeyFactory;

  constructor(
    private readonly database: Database,
    sealer: Sealer,
    audit: AuditService,
  ) {
    this.factory = new SigningKeyFactory(sealer, audit);
  }

  /**
   * Creates issuer, authority and first key if there are none, rotates keys if due, and unseals the authority once: a wrong
   * SECRET_KEY throws WRONG_SECRET_KEY here, before anything is sealed under it.
   */
  async prepare(now = new Date()): Promise<void> {
    await this.locked(async (manager) => {
      const issuer = `central-index-${randomBytes(8).toString('hex')}`;
      await this.database.execute(insertSetting, [issuerSetting, issuer], manager);
      const authority = await this.factory.authority(manager, now);
      this.factory.open(authority);
      await this.factory.ensure(manager, 'shared', 'ES256', now);
    });
    await this.rotateIfDue(now);
  }

  /** Creates the key of a purpose if there is none yet. */
  async prepareFor(
    purpose: KeyPurpose,
    algorithm: TokenAlgorithm = 'ES256',
    now = new Date(),
  ): Promise<void> {
    await this.locked((manager) => this.factory.ensure(manager, purpose, algorithm, now));
  }

  /**
   * Takes the steps that are due: publishes a successor when an active shared key is 60 days old, signs with it after it
   * was published for an hour (immediately if the active one expires within a day: verifiers that use x5c need no
   * announcement), and deletes a retired key after its last token has expired. A second run changes nothing. A zot registry
   * reads its certificate at start, so that its key changes only with its configuration.
   */
  async rotateIfDue(now = new Date()): Promise<RotationOutcome> {
    return this.locked(async (manager) => {
      const published: string[] = [];
      const activated: string[] = [];
      const keys = await manager.findBy(SigningKeyEntity, { purpose: 'shared' });
      const age = (since: Date | null): number => (since === null ? 0 : now.getTime() - since.getTime());
      for (const active of keys.filter(({ state }) => state === 'active')) {
        const { algorithm } = active;
        let next = keys.find((key) => key.state === 'next' && key.algorithm === algorithm);
        if (next === undefined && age(active.activatedAt) >= replaceAfterMs) {
          next = await this.factory.make(manager, 'shared', algorithm, 'next', now);
          published.push(next.kid);
        }
        const expiring = active.notAfter.getTime() - now.getTime() < dayMs;
        if (next !== undefined && (expiring || age(next.createdAt) >= publishBeforeMs)) {
          await this.factory.promote(manager, active, next, { name: ':index' }, now);
          activated.push(next.kid);
        }
      }
      const expired = keys.filter(
        ({ state, retiredAt }) => state === 'retired' && age(retiredAt) >= retentionMs,
      );
      for (const { id, kid } of expired) {
        await manager.delete(SigningKeyEntity, { id });
        await this.factory.record(manager, 'signing-key.removed', kid);
      }
      return { published, activated, removed: expired.map(({ kid }) => kid) };
    });
  }

  /**
   * Replaces all shared keys now, and returns when every process signs with the new ones: a process that was not notified
   * of the change by then no longer trusts its cache. The old keys verify until their last token has expired.
   */
  async rotate(actor: Actor, now = new Date()): Promise<RotationOutcome> {
    const outcome = await this.locked((manager) => this.replaceAll(manager, actor, now));
    await pause(ChangeListener.maxStalenessMs + maxUnnotifiedAgeMs);
    return outcome;
  }

  /** Publishes the next authority next to the active one; false if one is published already. */
  async publishAuthority(actor: Actor, now: Date): Promise<boolean> {
    return this.locked(async (manager) => {
      await this.factory.authority(manager, now);
      if (await manager.existsBy(CertificateAuthorityEntity, { state: 'next' })) return false;
      await this.factory.makeAuthority(manager, 'next', now, actor);
      return true;
    });
  }

  /** A key under the next authority that only signs a trial; it is not stored. */
  async trialLeaf(algorithm: TokenAlgorithm, now: Date): Promise<CertifiedKey> {
    const next = await this.database.manager.findOneByOrFail(CertificateAuthorityEntity, { state: 'next' });
    return this.factory.leafUnder(next, 'Central Index trial', algorithm, now);
  }

  /** Makes the next authority the active one, with new shared keys; returns when every process signs with them. */
  async switchAuthority(actor: Actor, now: Date): Promise<RotationOutcome> {
    const outcome = await this.locked(async (manager) => {
      const next = await manager.findOneByOrFail(CertificateAuthorityEntity, { state: 'next' });
      await manager.update(CertificateAuthorityEntity, { state: 'active' }, { state: 'retired' });
      await manager.update(CertificateAuthorityEntity, { id: next.id }, { state: 'active' });
      await this.factory.record(manager, 'certificate-authority.activated', 'ca', actor);
      return this.replaceAll(manager, actor, now);
    });
    await pause(ChangeListener.maxStalenessMs + maxUnnotifiedAgeMs);
    return outcome;
  }

  /** Publishes the next key of a purpose beside the active one, unless one is published already. */
  async publishNext(
    purpose: KeyPurpose,
    algorithm: TokenAlgorithm,
    actor: Actor,
    now: Date,
  ): Promise<{ readonly certificate: string; readonly isNew: boolean }> {
    return this.locked(async (manager) => {
      await this.factory.ensure(manager, purpose, algorithm, now);
      const where = { purpose, algorithm, state: 'next' as const };
      const published = await manager.findOneBy(SigningKeyEntity, where);
      if (published !== null) return { certificate: published.certificate, isNew: false };
      const { kid, certificate } = await this.factory.make(manager, purpose, algorithm, 'next', now);
      await this.factory.record(manager, 'signing-key.published', kid, actor);
      return { certificate, isNew: true };
    });
  }

  /**
   * Makes the next key of a purpose the active one, and deletes the former, which its registry no longer trusts. Returns
   * the `kid` when every process signs with it.
   */
  async switchToNext(
    purpose: KeyPurpose,
    algorithm: TokenAlgorithm,
    actor: Actor,
    now: Date,
  ): Promise<string> {
    const kid = await this.locked(async (manager) => {
      const next = await manager.findOneByOrFail(SigningKeyEntity, { purpose, algorithm, state: 'next' });
      const active = await manager.findOneByOrFail(SigningKeyEntity, { purpose, algorithm, state: 'active' });
      await this.factory.promote(manager, active, next, actor, now);
      await manager.delete(SigningKeyEntity, { id: active.id });
      await this.factory.record(manager, 'signing-key.removed', active.kid, actor);
      return next.kid;
    });
    await pause(ChangeListener.maxStalenessMs + maxUnnotifiedAgeMs);
    return kid;
  }

  /** Replaces all shared keys by keys under the authority that is active now. */
  private async replaceAll(manager: EntityManager, actor: Actor, now: Date): Promise<RotationOutcome> {
    const { id: authorityId } = await this.factory.authority(manager, now);
    const keys = await manager.findBy(SigningKeyEntity, { purpose: 'shared' });
    const activated: string[] = [];
    const removed: string[] = [];
    for (const active of keys.filter(({ state }) => state === 'active')) {
      const { algorithm } = active;
      let next = keys.find((key) => key.state === 'next' && key.algorithm === algorithm);
      if (next !== undefined && next.authorityId !== authorityId) {
        await manager.delete(SigningKeyEntity, { id: next.id });
        removed.push(next.kid);
        next = undefined;
      }
      next ??= await this.factory.make(manager, 'shared', algorithm, 'next', now);
      await this.factory.promote(manager, active, next, actor, now);
      activated.push(next.kid);
    }
    return { published: [], activated, removed };
  }

  /** `iss` of every token: created once and stored, so that a change of PUBLIC_URL breaks no registry. */
  async issuer(): Promise<string> {
    let row = await this.database.queryOne(selectSetting, [issuerSetting]);
    if (row === undefined) {
      await this.prepare();
      row = await this.database.queryOne(selectSetting, [issuerSetting]);
    }
    return row!.value;
  }

  /** The authority's certificate in PEM, for `rootcertbundle`; two certificates while a rotation is in progress. */
  async authorityPem(): Promise<string> {
    await this.issuer();
    const authorities = await this.database.manager.find(CertificateAuthorityEntity, {
      where: { state: In(['active', 'next']) },
      order: { state: 'ASC' },
    });
    return authorities.map(({ certificate }) => certificate).join('');
  }

  /** The certificate of a purpose's key in PEM, for registries that trust a single key (zot's `cert`). */
  async certificatePem(purpose: KeyPurpose, algorithm: TokenAlgorithm = 'ES256'): Promise<string> {
    await this.prepareFor(purpose, algorithm);
    const key = await this.database.manager.findOneByOrFail(SigningKeyEntity, {
      purpose,
      algorithm,
      state: 'active',
    });
    return key.certificate;
  }

  /** The key set (RFC 7517) of the shared keys. Keys of zot registries are not published. */
  async jwks(): Promise<{ keys: PublicJwk[] }> {
    const keys = await this.database.manager.find(SigningKeyEntity, {
      where: { purpose: 'shared' },
      order: { id: 'ASC' },
    });
    return { keys: keys.map(({ kid, algorithm, certificate }) => publicJwk(kid, algorithm, certificate)) };
  }

  /** All keys, oldest first. */
  list(): Promise<SigningKeyRecord[]> {
    return this.database.manager.find(SigningKeyEntity, {
      select: {
        kid: true,
        algorithm: true,
        purpose: true,
        state: true,
        notBefore: true,
        notAfter: true,
        createdAt: true,
        activatedAt: true,
      },
      order: { id: 'ASC' },
    });
  }

  /** Runs in one process at a time, so that processes that start together create one authority and one key. */
  private locked<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.database.transaction(async (manager) => {
      await this.database.execute(lockKeys, [keyLock], manager);
      return work(manager);
    });
  }
}
