import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An IP prefix that pulled a repository in an hour, as a keyed digest. */
@Entity({
  name: 'unique_pull',
  comment:
    'Keyed digests of IP prefix, repository and hour of the latest pulls, so that each combination is counted once',
})
export class UniquePullEntity {
  @PrimaryColumn({ type: 'text', collation: 'C' })
  digest: string;

  @Column('timestamptz', { default: () => 'now()' })
  recordedAt: Date;
}
