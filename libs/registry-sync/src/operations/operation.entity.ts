import { Check, Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import type { ErrandKind } from './operation';

/** Long work that an administrator asked for. */
@Entity({
  name: 'errand',
  comment: 'Long work that an administrator asked for: a job does it, one after another',
})
@Check('errand_kind_check', `kind in ('move', 'reconcile', 'adopt')`)
@Check('errand_state_check', `state in ('waiting', 'done', 'failed')`)
export class ErrandEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id: string;

  @Column('text')
  kind: ErrandKind;

  @Column('jsonb')
  request: object;

  @Column('text', { default: 'waiting' })
  state: 'waiting' | 'done' | 'failed';

  @Column('jsonb', { nullable: true })
  result: object | null;

  @Column('text', { nullable: true, comment: 'Why it could not be done' })
  failure: string | null;

  @Column('text')
  actor: string;

  @Column('text', { nullable: true })
  address: string | null;

  @Column('timestamptz', { default: () => 'now()' })
  askedAt: Date;

  @Column('timestamptz', { nullable: true })
  finishedAt: Date | null;
}
