import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Somebody who pulled a repository in this hour. */
@Entity({
  name: 'pull_visitor',
  comment:
    'Who pulled what in the last hours: keyed digests of address, repository and hour, for counting each once',
})
export class PullVisitorEntity {
  @PrimaryColumn({ type: 'text', collation: 'C' })
  digest: string;

  @Column('timestamptz', { default: () => 'now()' })
  storedAt: Date;
}
