import { Column, CreateDateColumn, Entity, ForeignKey, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { AccountEntity } from './account.entity';

/** An invitation to sign up, usable once. */
@Entity({
  name: 'invite',
  comment: 'Invitations to sign up, each usable once; secret_hash is the SHA-256 of the code',
})
@Unique(['secretHash'])
export class InviteEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id: string;

  @Column('bytea')
  secretHash: Buffer;

  /** Null when it is not restricted to one e-mail address. */
  @Column('text', { nullable: true })
  email: string | null;

  @Column('text')
  createdBy: string;

  @CreateDateColumn({ type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  @Column('timestamptz')
  expiresAt: Date;

  @Column('timestamptz', { nullable: true })
  usedAt: Date | null;

  @Column('bigint', { nullable: true })
  @ForeignKey(() => AccountEntity, { onDelete: 'SET NULL' })
  usedById: string | null;
}
