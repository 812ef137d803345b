import { Column, CreateDateColumn, Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';
import { AccountEntity } from './account.entity';

/** A one-time link that sets the password of an account; a new link replaces the former one. */
@Entity({
  name: 'password_reset',
  comment: 'One-time links that set a password; secret_hash is the SHA-256 of the token',
})
@Unique(['secretHash'])
export class PasswordResetEntity {
  @PrimaryColumn('bigint')
  @ForeignKey(() => AccountEntity, { onDelete: 'CASCADE' })
  accountId: string;

  @Column('bytea')
  secretHash: Buffer;

  @Column('text', {
    nullable: true,
    comment: 'The address of the account when the link was created: a change ends the link',
  })
  email: string | null;

  @Column({
    type: 'timestamptz',
    precision: 3,
    comment: 'That of the account when the link was created: a change of the password ends the link',
  })
  passwordChangedAt: Date;

  @Column('text')
  createdBy: string;

  @CreateDateColumn({ type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  @Column('timestamptz')
  expiresAt: Date;
}
