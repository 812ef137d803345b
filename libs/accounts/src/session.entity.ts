import { Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { AccountEntity } from './account.entity';

/** A session of a browser. */
@Entity({ name: 'session', comment: 'Browser sessions; secret_hash is the SHA-256 of the cookie' })
@Unique(['secretHash'])
@Index(['accountId'])
export class SessionEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id: string;

  @Column('bigint')
  @ForeignKey(() => AccountEntity, { onDelete: 'CASCADE' })
  accountId: string;

  @Column('bytea')
  secretHash: Buffer;

  @Column('text', { default: '', comment: 'IP address of the sign-in' })
  address: string;

  @Column('text', { default: '', comment: 'Name that the browser sent at the sign-in' })
  userAgent: string;

  @CreateDateColumn({ type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  @Column('timestamptz', { default: () => 'now()' })
  lastSeenAt: Date;

  @Column('timestamptz')
  expiresAt: Date;
}
