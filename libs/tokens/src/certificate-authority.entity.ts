import { Check, Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** A certificate authority that registries trust; one is active. Its private key is sealed under SECRET_KEY. */
@Entity({
  name: 'certificate_authority',
  comment:
    'Certificate authorities that registries trust: PEM certificate, private key sealed under SECRET_KEY',
})
@Check('certificate_authority_state_check', `state in ('next', 'active', 'retired')`)
@Index('certificate_authority_active_key', { synchronize: false })
export class CertificateAuthorityEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id: string;

  @Column('text')
  certificate: string;

  @Column('bytea')
  sealedPrivateKey: Buffer;

  @Column('timestamptz')
  notAfter: Date;

  @Column('text')
  state: 'next' | 'active' | 'retired';

  @Column('timestamptz', { default: () => 'now()' })
  createdAt: Date;
}
