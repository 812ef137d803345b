import { Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { AccessTokenEntity } from './access-token.entity';
import { AccountEntity } from './account.entity';

/** A refresh token: a client stores it instead of a password. The token itself is returned once and not stored. */
@Entity({
  name: 'refresh_token',
  comment: 'Refresh tokens that clients store instead of a password; secret_hash is the SHA-256 of the token',
})
@Unique(['secretHash'])
@Index(['accountId'])
@Index(['accessTokenId'])
@Index(['expiresAt'])
export class RefreshTokenEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id: string;

  @Column('bigint')
  @ForeignKey(() => AccountEntity, { onDelete: 'CASCADE' })
  accountId: string;

  @Column({
    type: 'bigint',
    nullable: true,
    comment:
      'Access token that the login was made with: its restrictions and lifetime apply to the refresh token',
  })
  @ForeignKey(() => AccessTokenEntity, { onDelete: 'CASCADE' })
  accessTokenId: string | null;

  @Column('bytea')
  secretHash: Buffer;

  @Column({ type: 'text', comment: 'The only service that the refresh token is valid for' })
  service: string;

  @Column({ type: 'text', comment: 'Name that the client reports for itself' })
  client: string;

  @Column({ type: 'text', comment: 'IP address of the login' })
  address: string;

  @Column('timestamptz')
  expiresAt: Date;

  @Column('timestamptz', { nullable: true })
  lastUsedAt: Date | null;

  @CreateDateColumn({ type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;
}
