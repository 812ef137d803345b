import { Check, Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';
import type { TokenAlgorithm } from '@central-index/registries';
import { CertificateAuthorityEntity } from './certificate-authority.entity';

/** A key that signs tokens, certified by an authority; one per purpose and algorithm is active. */
@Entity({
  name: 'signing_key',
  comment:
    'Keys and leaf certificates that sign tokens; purpose is shared for Distribution registries, or zot:<registry id>',
})
@Unique('signing_key_kid_key', ['kid'])
@Check('signing_key_state_check', `state in ('next', 'active', 'retired')`)
@Index('signing_key_active_key', { synchronize: false })
export class SigningKeyEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id: string;

  @Column('text', { comment: 'RFC 7638 thumbprint' })
  kid: string;

  @Column('text')
  algorithm: TokenAlgorithm;

  @Column('text')
  purpose: string;

  @Column('text')
  certificate: string;

  @Column('bytea')
  sealedPrivateKey: Buffer;

  @Column('bigint')
  @ForeignKey(() => CertificateAuthorityEntity, {
    name: 'signing_key_authority_id_fkey',
    onDelete: 'RESTRICT',
  })
  authorityId: string;

  @Column('text')
  state: 'next' | 'active' | 'retired';

  @Column('timestamptz')
  notBefore: Date;

  @Column('timestamptz')
  notAfter: Date;

  @Column('timestamptz', { default: () => 'now()' })
  createdAt: Date;

  @Column('timestamptz', { nullable: true })
  activatedAt: Date | null;

  @Column('timestamptz', {
    nullable: true,
    comment: 'Since when the key only verifies; it is deleted after its last token has expired',
  })
  retiredAt: Date | null;
}
