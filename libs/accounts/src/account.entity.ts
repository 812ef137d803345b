import { Check, Column, CreateDateColumn, Entity, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';

/** A person or robot that can sign in. The row stays when the account is deleted, so that its name is not reused. */
@Entity({ name: 'account', comment: 'People and robots that can sign in' })
@Unique(['name'])
@Check('account_name_check', `length(name) between 3 and 30 and name ~ '^[a-z0-9]+([_-][a-z0-9]+)*$'`)
@Index('account_verified_email_key', { synchronize: false })
export class AccountEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id: string;

  @Column('text')
  name: string;

  @Column('text', { nullable: true })
  email: string | null;

  @Column('timestamptz', { nullable: true })
  emailVerifiedAt: Date | null;

  /** Null when the account has no password. */
  @Column('text', { nullable: true })
  passwordHash: string | null;

  /** In whole milliseconds, so that it can be compared with a `Date` that was read earlier. */
  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  passwordChangedAt: Date;

  @Column('boolean', { default: false })
  isAdministrator: boolean;

  @Column('boolean', {
    default: false,
    comment: 'Set by operator commands only: the trigger then accepts a reserved name',
  })
  reservedNameAllowed: boolean;

  @Column('timestamptz', { nullable: true })
  disabledAt: Date | null;

  @Column('timestamptz', {
    nullable: true,
    comment: 'Deleted by its owner or an administrator: the row only keeps the name',
  })
  deletedAt: Date | null;

  @CreateDateColumn({ type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;
}
