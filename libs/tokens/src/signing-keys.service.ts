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

/** A signing key as an operator sees it; never its private half. */
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

/** What a run of the rotation did, by `kid`. */
export interface RotationOutcome {
  readonly published: readonly string[];
  readonly activated: readonly string[];
  readonly removed: readonly string[];
}

// One number for all processes, apart from that of migrations.
const keyLock = 5_020_882;
const issuerSetting = 'token-issuer';
const hour = 3_600_000;
const day = 24 * hour;
const replaceAfter = 60 * day;
const publishedFor = hour;
// The longest token (3600 s) and the registries' leeway (60 s), doubled.
const retiredFor = 2 * hour;

/** How old the keys of a process may be that nobody can tell of changes. */
export const maxUnnotifiedAgeMs = 250;

/** Makes, keeps and replaces the keys that sign tokens, and publishes their public halves. */
@Injectable()
export class SigningKeysService {
  private readonly maker: SigningKeyFactory;

  constructor(
    private readonly database: Database,
    sealer: Sealer,
    audit: AuditService,
  ) {
    this.maker = new SigningKeyFactory(sealer, audit);
  }

  /**
   * Makes issuer, authority and first key when there are none, replaces a key whose time has come, and opens the
   * authority once: a wrong SECRET_KEY is found here (WRONG_SECRET_KEY), and nothing new is made under it.
   */
  async prepare(now = new Date()): Promise<void> {
    await this.locked(async (manager) => {
      const made = `central-index-${randomBytes(8).toString('hex')}`;
      await manager.query(`insert into setting (key, value) values ($1, $2) on conflict (key) do nothing`, [
        issuerSetting,
        made,
      ]);
      const authority = await this.maker.authority(manager, now);
      this.maker.open(authority);
      await this.maker.ensure(manager, 'shared', 'ES256', now);
    });
    await this.rotateIfDue(now);
  }

  /** Makes the key of a purpose if it has none yet. */
  async prepareFor(
    purpose: KeyPurpose,
    algorithm: TokenAlgorithm = 'ES256',
    now = new Date(),
  ): Promise<void> {
    await this.locked((manager) => this.maker.ensure(manager, purpose, algorithm, now));
  }

  /**
   * Takes the steps that are due: publishes a successor when an active shared key is 60 days old, signs with it when
   * it has been published for an hour (at once if the active one is about to expire: x5c needs no announcement), and
   * removes a retired key when its last token is over. Run twice, it changes nothing more. A zot registry reads its
   * certificate at start, so its key changes with its configuration, not here.
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
        if (next === undefined && age(active.activatedAt) >= replaceAfter) {
          next = await this.maker.make(manager, 'shared', algorithm, 'next', now);
          published.push(next.kid);
        }
        const expiring = active.notAfter.getTime() - now.getTime() < day;
        if (next !== undefined && (expiring || age(next.createdAt) >= publishedFor)) {
          await this.maker.promote(manager, active, next, { name: ':index' }, now);
          activated.push(next.kid);
        }
      }
      const over = keys.filter(({ state, retiredAt }) => state === 'retired' && age(retiredAt) >= retiredFor);
      for (const { id, kid } of over) {
        await manager.delete(SigningKeyEntity, { id });
        await this.maker.record(manager, 'signing-key.removed', kid);
      }
      return { published, activated, removed: over.map(({ kid }) => kid) };
    });
  }

  /**
   * Replaces every shared key now, and returns when every process signs with the new ones: whoever had not heard of
   * the change by then has stopped trusting what he remembers. The old keys verify until their last token is over.
   */
  async rotate(actor: Actor, now = new Date()): Promise<RotationOutcome> {
    const outcome = await this.locked((manager) => this.replaceAll(manager, actor, now));
    await pause(ChangeListener.maxStalenessMs + maxUnnotifiedAgeMs);
    return outcome;
  }

  /** Publishes the next authority beside the present one; false when one is published already. */
  async publishAuthority(actor: Actor, now: Date): Promise<boolean> {
    return this.locked(async (manager) => {
      await this.maker.authority(manager, now);
      if (await manager.existsBy(CertificateAuthorityEntity, { state: 'next' })) return false;
      await this.maker.makeAuthority(manager, 'next', now, actor);
      return true;
    });
  }

  /** A key under the next authority that signs nothing but a trial; it is not kept. */
  async trialLeaf(algorithm: TokenAlgorithm, now: Date): Promise<CertifiedKey> {
    const next = await this.database.manager.findOneByOrFail(CertificateAuthorityEntity, { state: 'next' });
    return this.maker.leafUnder(next, 'Central Index trial', algorithm, now);
  }

  /** Lets the next authority take over, with new shared keys; returns when every process signs with them. */
  async switchAuthority(actor: Actor, now: Date): Promise<RotationOutcome> {
    const outcome = await this.locked(async (manager) => {
      const next = await manager.findOneByOrFail(CertificateAuthorityEntity, { state: 'next' });
      await manager.update(CertificateAuthorityEntity, { state: 'active' }, { state: 'retired' });
      await manager.update(CertificateAuthorityEntity, { id: next.id }, { state: 'active' });
      await this.maker.record(manager, 'certificate-authority.activated', 'ca', actor);
      return this.replaceAll(manager, actor, now);
    });
    await pause(ChangeListener.maxStalenessMs + maxUnnotifiedAgeMs);
    return outcome;
  }

  /** Replaces every shared key by one under the authority that is active now. */
  private async replaceAll(manager: EntityManager, actor: Actor, now: Date): Promise<RotationOutcome> {
    const { id: authorityId } = await this.maker.authority(manager, now);
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
      next ??= await this.maker.make(manager, 'shared', algorithm, 'next', now);
      await this.maker.promote(manager, active, next, actor, now);
      activated.push(next.kid);
    }
    return { published: [], activated, removed };
  }

  /** `iss` of every token: made once and kept, so that a changed PUBLIC_URL breaks no registry. */
  async issuer(): Promise<string> {
    const read = (): Promise<{ value: string }[]> =>
      this.database.rows('select value from setting where key = $1', [issuerSetting]);
    let [row] = await read();
    if (row === undefined) {
      await this.prepare();
      [row] = await read();
    }
    return row!.value;
  }

  /** The authority's certificate in PEM, for `rootcertbundle`; two of them while one follows the other. */
  async authorityPem(): Promise<string> {
    await this.issuer();
    const authorities = await this.database.manager.find(CertificateAuthorityEntity, {
      where: { state: In(['active', 'next']) },
      order: { state: 'ASC' },
    });
    return authorities.map(({ certificate }) => certificate).join('');
  }

  /** The certificate of a purpose's own key in PEM, for registries that trust one key (zot's `cert`). */
  async certificatePem(purpose: KeyPurpose, algorithm: TokenAlgorithm = 'ES256'): Promise<string> {
    await this.prepareFor(purpose, algorithm);
    const key = await this.database.manager.findOneByOrFail(SigningKeyEntity, {
      purpose,
      algorithm,
      state: 'active',
    });
    return key.certificate;
  }

  /** The key set (RFC 7517) of the shared keys; a zot registry's own key is for that registry alone. */
  async jwks(): Promise<{ keys: PublicJwk[] }> {
    const keys = await this.database.manager.find(SigningKeyEntity, {
      where: { purpose: 'shared' },
      order: { id: 'ASC' },
    });
    return { keys: keys.map(({ kid, algorithm, certificate }) => publicJwk(kid, algorithm, certificate)) };
  }

  /** All keys, oldest first. */
  async list(): Promise<SigningKeyRecord[]> {
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

  /** One process at a time, so that several starting at once make one authority and one key. */
  private locked<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.database.transaction(async (manager) => {
      await manager.query('select pg_advisory_xact_lock($1)', [keyLock]);
      return work(manager);
    });
  }
}
