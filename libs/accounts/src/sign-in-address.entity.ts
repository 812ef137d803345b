import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { AccountEntity } from './account.entity';

/** Where an account's password was right, which keeps that place open when strangers have locked the account. */
@Entity({
  name: 'sign_in_address',
  comment: 'IP addresses (/64 prefixes for IPv6) from which an account signed in with its password',
})
export class SignInAddressEntity {
  @PrimaryColumn('bigint')
  @ForeignKey(() => AccountEntity, { onDelete: 'CASCADE' })
  accountId: string;

  @PrimaryColumn('text')
  address: string;

  @Column('timestamptz', { default: () => 'now()' })
  lastSuccessAt: Date;
}
