import { createPublicKey } from 'node:crypto';
import type { Actor, AuditService } from '@central-index/audit';
import type { Sealer } from '@central-index/platform/database';
import type { TokenAlgorithm } from '@central-index/registries';
import type { EntityManager } from 'typeorm';
import { CertificateAuthorityEntity } from './certificate-authority.entity';
import { makeAuthority, makeLeaf, thumbprint, type CertifiedKey } from './certificates';
import { SigningKeyEntity } from './signing-key.entity';

/** What a key is for: all Distribution registries share one, each zot registry has its own. */
export type KeyPurpose = 'shared' | `zot:${string}`;

/** Seals a leaf's private half so that it opens under its own name only, not in another row. */
export const leafSeal = (kid: string): string => `signing-key:${kid}`;
const authoritySeal = 'certificate-authority';

/** Makes authorities and keys and moves them on, in transactions of whoever holds the lock on keys. */
export class SigningKeyFactory {
  constructor(
    private readonly sealer: Sealer,
    private readonly audit: AuditService,
  ) {}

  /** Throws WRONG_SECRET_KEY if the authority was sealed under another. */
  open({ sealedPrivateKey }: CertificateAuthorityEntity): Buffer {
    return this.sealer.unseal(authoritySeal, sealedPrivateKey);
  }

  /** Lets a key take the place of another: the one signs from now on, the other only verifies. */
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

  /** Makes the key of a purpose if it has none yet. */
  async ensure(
    manager: EntityManager,
    purpose: KeyPurpose,
    algorithm: TokenAlgorithm,
    now: Date,
  ): Promise<void> {
    const there = await manager.existsBy(SigningKeyEntity, { purpose, algorithm, state: 'active' });
    if (!there) await this.make(manager, purpose, algorithm, 'active', now);
  }

  /** The authority that is active; made when there is none. */
  async authority(manager: EntityManager, now: Date): Promise<CertificateAuthorityEntity> {
    const active = await manager.findOneBy(CertificateAuthorityEntity, { state: 'active' });
    return active ?? this.makeAuthority(manager, 'active', now);
  }

  /** Makes an authority. */
  async makeAuthority(
    manager: EntityManager,
    state: 'next' | 'active',
    now: Date,
    actor: Actor = { name: ':index' },
  ): Promise<CertificateAuthorityEntity> {
    const made = await makeAuthority('Central Index token authority', now);
    await this.record(manager, 'certificate-authority.created', 'ca', actor);
    return manager.save(CertificateAuthorityEntity, {
      certificate: made.certificate,
      sealedPrivateKey: this.sealer.seal(authoritySeal, made.privateKey),
      notAfter: made.notAfter,
      state,
    });
  }

  /** Makes a key under the active authority. */
  async make(
    manager: EntityManager,
    purpose: KeyPurpose,
    algorithm: TokenAlgorithm,
    state: 'next' | 'active',
    now: Date,
  ): Promise<SigningKeyEntity> {
    const authority = await this.authority(manager, now);
    // zot never looks at the dates, and nothing replaces its key but a new configuration.
    const notAfter = purpose === 'shared' ? undefined : authority.notAfter;
    const made = await this.leafUnder(
      authority,
      `Central Index tokens (${purpose})`,
      algorithm,
      now,
      notAfter,
    );
    const kid = thumbprint(createPublicKey(made.certificate));
    await this.record(manager, 'signing-key.created', kid);
    return manager.save(SigningKeyEntity, {
      kid,
      algorithm,
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

  /** A key under that authority, not kept. */
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

  /** Notes in the audit log what became of a key. */
  async record(
    manager: EntityManager,
    action: string,
    subject: string,
    actor: Actor = { name: ':index' },
  ): Promise<void> {
    await this.audit.record(manager, { action, actor, subjectType: 'key', subject });
  }
}
