import { Column, Entity, PrimaryColumn } from 'typeorm';

/** How many wrong passwords in a row a name has had. */
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
