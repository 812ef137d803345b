import { Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { AccessTokenEntity } from './access-token.entity';
import { AccountEntity } from './account.entity';

/** What a client keeps of a login instead of the password; the token itself is given once and never kept. */
@Entity({
  name: 'identity_token',
  comment: 'Logins that clients keep instead of a password; secret_hash is the SHA-256 of the token',
})
@Unique(['secretHash'])
@Index(['accountId'])
@Index(['accessTokenId'])
@Index(['expiresAt'])
export class IdentityTokenEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id: string;

  @Column('bigint')
  @ForeignKey(() => AccountEntity, { onDelete: 'CASCADE' })
  accountId: string;

  @Column({
    type: 'bigint',
    nullable: true,
    comment: 'The access token that the login was made with: its ceiling and its life are those of the login',
  })
  @ForeignKey(() => AccessTokenEntity, { onDelete: 'CASCADE' })
  accessTokenId: string | null;

  @Column('bytea')
  secretHash: Buffer;

  @Column({ type: 'text', comment: 'The only service that it gets tokens for' })
  service: string;

  @Column({ type: 'text', comment: 'What the client calls itself' })
  client: string;

  @Column({ type: 'text', comment: 'Where the login was made from' })
  address: string;

  @Column('timestamptz')
  expiresAt: Date;

  @Column('timestamptz', { nullable: true })
  lastUsedAt: Date | null;

  @CreateDateColumn({ type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;
}
