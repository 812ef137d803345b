import { createPublicKey, randomBytes } from 'node:crypto';
import { AuditService } from '@central-index/audit';
import { Database, Sealer } from '@central-index/platform/database';
import { Injectable } from '@nestjs/common';
import { In, type EntityManager } from 'typeorm';
import { CertificateAuthorityEntity } from './certificate-authority.entity';
import { makeAuthority, makeLeaf, publicJwk, thumbprint, type PublicJwk } from './certificates';
import { SigningKeyEntity } from './signing-key.entity';

/** What a key is for: all Distribution registries share one, each zot registry has its own. */
export type KeyPurpose = 'shared' | `zot:${string}`;

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

/** Seals a leaf's private half so that it opens under its own name only, not in another row. */
export const leafSeal = (kid: string): string => `signing-key:${kid}`;
const authoritySeal = 'certificate-authority';

/** Makes, keeps and replaces the keys that sign tokens, and publishes their public halves. */
@Injectable()
export class SigningKeysService {
  constructor(
    private readonly database: Database,
    private readonly sealer: Sealer,
    private readonly audit: AuditService,
  ) {}

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
      const authority = await this.authority(manager, now);
      this.sealer.unseal(authoritySeal, authority.sealedPrivateKey);
      await this.ensure(manager, 'shared', now);
    });
    await this.rotateIfDue(now);
  }

  /** Makes the key of a purpose if it has none yet. */
  async prepareFor(purpose: KeyPurpose, now = new Date()): Promise<void> {
    await this.locked((manager) => this.ensure(manager, purpose, now));
  }

  /**
   * Takes the steps that are due: publishes a successor when the active shared key is 60 days old, signs with it when
   * it has been published for an hour (at once if the active one is about to expire: x5c needs no announcement), and
   * removes a retired key when its last token is over. Run twice, it changes nothing more. A zot registry reads its
   * certificate at start, so its key changes with its configuration, not here.
   */
  async rotateIfDue(now = new Date()): Promise<RotationOutcome> {
    return this.locked(async (manager) => {
      const published: string[] = [];
      const activated: string[] = [];
      const keys = await manager.findBy(SigningKeyEntity, { purpose: 'shared' });
      const active = keys.find(({ state }) => state === 'active');
      let next = keys.find(({ state }) => state === 'next');
      const age = (since: Date | null): number => (since === null ? 0 : now.getTime() - since.getTime());
      if (active !== undefined && next === undefined && age(active.activatedAt) >= replaceAfter) {
        next = await this.make(manager, 'shared', 'next', now);
        published.push(next.kid);
      }
      const expiring = active !== undefined && active.notAfter.getTime() - now.getTime() < day;
      if (active !== undefined && next !== undefined && (expiring || age(next.createdAt) >= publishedFor)) {
        await manager.update(SigningKeyEntity, { id: active.id }, { state: 'retired', retiredAt: now });
        await manager.update(SigningKeyEntity, { id: next.id }, { state: 'active', activatedAt: now });
        await this.record(manager, 'signing-key.activated', next.kid);
        activated.push(next.kid);
      }
      const over = keys.filter(({ state, retiredAt }) => state === 'retired' && age(retiredAt) >= retiredFor);
      for (const { id, kid } of over) {
        await manager.delete(SigningKeyEntity, { id });
        await this.record(manager, 'signing-key.removed', kid);
      }
      return { published, activated, removed: over.map(({ kid }) => kid) };
    });
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
  async certificatePem(purpose: KeyPurpose): Promise<string> {
    await this.prepareFor(purpose);
    const key = await this.database.manager.findOneByOrFail(SigningKeyEntity, { purpose, state: 'active' });
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

  private async ensure(manager: EntityManager, purpose: KeyPurpose, now: Date): Promise<void> {
    const there = await manager.existsBy(SigningKeyEntity, { purpose, state: 'active' });
    if (!there) await this.make(manager, purpose, 'active', now);
  }

  private async authority(manager: EntityManager, now: Date): Promise<CertificateAuthorityEntity> {
    const active = await manager.findOneBy(CertificateAuthorityEntity, { state: 'active' });
    if (active !== null) return active;
    const made = await makeAuthority('Central Index token authority', now);
    await this.record(manager, 'certificate-authority.created', 'ca');
    return manager.save(CertificateAuthorityEntity, {
      certificate: made.certificate,
      sealedPrivateKey: this.sealer.seal(authoritySeal, made.privateKey),
      notAfter: made.notAfter,
      state: 'active' as const,
    });
  }

  private async make(
    manager: EntityManager,
    purpose: KeyPurpose,
    state: 'next' | 'active',
    now: Date,
  ): Promise<SigningKeyEntity> {
    const authority = await this.authority(manager, now);
    const privateKey = this.sealer.unseal(authoritySeal, authority.sealedPrivateKey);
    const made = await makeLeaf(
      { certificate: authority.certificate, privateKey },
      `Central Index tokens (${purpose})`,
      now,
      // zot never looks at the dates, and nothing replaces its key but a new configuration.
      purpose === 'shared' ? undefined : authority.notAfter,
    );
    const kid = thumbprint(createPublicKey(made.certificate));
    await this.record(manager, 'signing-key.created', kid);
    return manager.save(SigningKeyEntity, {
      kid,
      algorithm: 'ES256' as const,
      purpose,
      certificate: made.certificate,
      sealedPrivateKey: this.sealer.seal(leafSeal(kid), made.privateKey),
      authorityId: authority.id,
      state,
      notBefore: made.notBefore,
      notAfter: made.notAfter,
      createdAt: now,
      activatedAt: state === 'active' ? now : null,
      retiredAt: null,
    });
  }

  private async record(manager: EntityManager, action: string, subject: string): Promise<void> {
    await this.audit.record(manager, { action, actor: { name: ':index' }, subjectType: 'key', subject });
  }

  /** One process at a time, so that several starting at once make one authority and one key. */
  private locked<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.database.transaction(async (manager) => {
      await manager.query('select pg_advisory_xact_lock($1)', [keyLock]);
      return work(manager);
    });
  }
}
