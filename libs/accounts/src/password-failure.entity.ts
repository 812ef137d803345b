import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The number of consecutive wrong passwords for a name. */
@Entity({
  name: 'password_failure',
  comment: 'Consecutive wrong passwords per name tried, whether the account exists or not',
})
export class PasswordFailureEntity {
  @PrimaryColumn('text')
  name: string;

  @Column('integer')
  consecutive: number;

  @Column('timestamptz', { default: () => 'now()' })
  lastAt: Date;
}
