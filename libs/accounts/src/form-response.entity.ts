import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

/** The response to a form that was submitted; private to this library. */
@Entity({
  name: 'form_response',
  comment: 'Responses to forms, for repeated submissions; key is the SHA-256 of account and form',
})
export class FormResponseEntity {
  @PrimaryColumn('bytea')
  key: Buffer;

  @Column('bytea', {
    nullable: true,
    comment: 'Encrypted under the secret of the form; null until there is one',
  })
  response: Buffer | null;

  @CreateDateColumn({ type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;
}
