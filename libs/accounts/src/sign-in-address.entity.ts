import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { AccountEntity } from './account.entity';

/** An address from which an account signed in by password. It may still do so when wrong passwords lock the account. */
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
