import { createPublicKey } from 'node:crypto';
import type { Actor, AuditService } from '@central-index/audit';
import type { Sealer } from '@central-index/platform/database';
import type { TokenAlgorithm } from '@central-index/registries';
import type { EntityManager } from 'typeorm';
import { CertificateAuthorityEntity } from './certificate-authority.entity';
import { makeAuthority, makeLeaf, thumbprint, type CertifiedKey } from './certificates';
import { SigningKeyEntity } from './signing-key.entity';

/** What a key signs for: all Distribution registries share one, each zot registry has its own. */
export type KeyPurpose = 'shared' | `zot:${string}`;

/** The purpose under which a leaf's private key is sealed: it can be unsealed only with its own `kid`. */
export const leafSeal = (kid: string): string => `signing-key:${kid}`;
const authoritySeal = 'certificate-authority';

/** Creates authorities and keys and changes their state, in transactions of a caller that holds the lock on keys. */
export class SigningKeyFactory {
  constructor(
    private readonly sealer: Sealer,
    private readonly audit: AuditService,
  ) {}

  /** The private key of an authority. Throws WRONG_SECRET_KEY if it was sealed under another one. */
  open({ sealedPrivateKey }: CertificateAuthorityEntity): Buffer {
    return this.sealer.unseal(authoritySeal, sealedPrivateKey);
  }

  /** Replaces an active key by the next: the next one signs from now on, the replaced one only verifies. */
  async promote(
    manager: EntityManager,
    active: SigningKeyEntity,
    next: SigningKeyEntity,
    actor: Actor,
    now: Date,
  ): Promise<void> {
    await manager.update(SigningKeyEntity, { id: active.id }, { state: 'retired', retiredAt: now });
    await manager.update(SigningKeyEntity, { id: next.id }, { state: 'active', activatedAt: now });
    await this.record(manager, 'signing-key.activated', next.kid, actor);
  }

  /** Creates the key of a purpose if there is none yet. */
  async ensure(
    manager: EntityManager,
    purpose: KeyPurpose,
    algorithm: TokenAlgorithm,
    now: Date,
  ): Promise<void> {
    const exists = await manager.existsBy(SigningKeyEntity, { purpose, algorithm, state: 'active' });
    if (!exists) await this.make(manager, purpose, algorithm, 'active', now);
  }

  /** The active authority; created if there is none. */
  async authority(manager: EntityManager, now: Date): Promise<CertificateAuthorityEntity> {
    const active = await manager.findOneBy(CertificateAuthorityEntity, { state: 'active' });
    return active ?? this.makeAuthority(manager, 'active', now);
  }

  /** Creates an authority. */
  async makeAuthority(
    manager: EntityManager,
    state: 'next' | 'active',
    now: Date,
    actor: Actor = { name: ':index' },
  ): Promise<CertificateAuthorityEntity> {
    const { certificate, privateKey, notAfter } = await makeAuthority('Central Index token authority', now);
    await this.record(manager, 'certificate-authority.created', 'ca', actor);
    const authority = manager.create(CertificateAuthorityEntity, {
      certificate,
      sealedPrivateKey: this.sealer.seal(authoritySeal, privateKey),
      notAfter,
      state,
    });
    await manager.insert(CertificateAuthorityEntity, authority);
    return authority;
  }

  /** Creates a key under the active authority. */
  async make(
    manager: EntityManager,
    purpose: KeyPurpose,
    algorithm: TokenAlgorithm,
    state: 'next' | 'active',
    now: Date,
  ): Promise<SigningKeyEntity> {
    const authority = await this.authority(manager, now);
    // zot ignores the dates, and only a new configuration replaces its key.
    const notAfter = purpose === 'shared' ? undefined : authority.notAfter;
    const name = `Central Index tokens (${purpose})`;
    const leaf = await this.leafUnder(authority, name, algorithm, now, notAfter);
    const kid = thumbprint(createPublicKey(leaf.certificate));
    await this.record(manager, 'signing-key.created', kid);
    const key = manager.create(SigningKeyEntity, {
      kid,
      algorithm,
      purpose,
      certificate: leaf.certificate,
      sealedPrivateKey: this.sealer.seal(leafSeal(kid), leaf.privateKey),
      authorityId: authority.id,
      state,
      notBefore: leaf.notBefore,
      notAfter: leaf.notAfter,
      createdAt: now,
      activatedAt: state === 'active' ? now : null,
      retiredAt: null,
    });
    await manager.insert(SigningKeyEntity, key);
    return key;
  }

  /** A key under that authority, which is not stored. */
  leafUnder(
    authority: CertificateAuthorityEntity,
    name: string,
    algorithm: TokenAlgorithm,
    now: Date,
    notAfter?: Date,
  ): Promise<CertifiedKey> {
    const { certificate } = authority;
    return makeLeaf({ certificate, privateKey: this.open(authority) }, name, algorithm, now, notAfter);
  }

  /** Records a change of a key in the audit log. */
  async record(
    manager: EntityManager,
    action: string,
    subject: string,
    actor: Actor = { name: ':index' },
  ): Promise<void> {
    await this.audit.record(manager, { action, actor, subjectType: 'key', subject });
  }
}
