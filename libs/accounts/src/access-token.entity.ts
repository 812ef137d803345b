import { Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { AccountEntity } from './account.entity';
import type { Permission } from './identity';

/** A personal access token. The token itself is shown once and not stored. */
@Entity({
  name: 'access_token',
  comment: 'Personal access tokens; secret_hash is the SHA-256 of the token',
})
@Unique(['secretHash'])
@Index(['accountId'])
export class AccessTokenEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id: string;

  @Column('bigint')
  @ForeignKey(() => AccountEntity, { onDelete: 'CASCADE' })
  accountId: string;

  @Column('text')
  label: string;

  @Column('bytea')
  secretHash: Buffer;

  @Column('text', { array: true })
  permissions: Permission[];

  @Column('text', { array: true })
  repositories: string[];

  @Column('timestamptz', { nullable: true })
  expiresAt: Date | null;

  @Column('timestamptz', { nullable: true })
  lastUsedAt: Date | null;

  /** Set by older processes only: revocation deletes the row. */
  @Column('timestamptz', { nullable: true })
  revokedAt: Date | null;

  @CreateDateColumn({ type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;
}
