import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { AccountEntity } from './account.entity';

/** Where an account's password was right, which keeps that place open when strangers have locked the account. */
@Entity({
  name: 'known_address',
  comment: 'Where an account signed in from with its password: an address, or a /64 of IPv6',
})
export class KnownAddressEntity {
  @PrimaryColumn('bigint')
  @ForeignKey(() => AccountEntity, { onDelete: 'CASCADE' })
  accountId: string;

  @PrimaryColumn('text')
  address: string;

  @Column('timestamptz', { default: () => 'now()' })
  lastSuccessAt: Date;
}
