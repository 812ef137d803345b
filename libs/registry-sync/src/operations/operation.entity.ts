import { storableJson } from '@central-index/platform/database';
import { Check, Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import type { OperationKind } from './operation';

/** A long-running operation that an administrator requested; private to this library. */
@Entity({
  name: 'operation',
  comment: 'Long-running work that an administrator requested; a job runs one operation at a time',
})
@Check('operation_kind_check', `kind in ('move', 'reconcile', 'adopt', 'search-rebuild', 'search-check')`)
@Check('operation_state_check', `state in ('pending', 'running', 'succeeded', 'failed')`)
export class OperationEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id: string;

  @Column('text')
  kind: OperationKind;

  @Column('jsonb', { transformer: storableJson })
  request: object;

  @Column('text', { default: 'pending' })
  state: 'pending' | 'running' | 'succeeded' | 'failed';

  @Column('jsonb', { nullable: true, transformer: storableJson })
  result: object | null;

  @Column('text', { nullable: true, comment: 'Why the operation failed' })
  error: string | null;

  @Column('text')
  requestedBy: string;

  @Column('text', { nullable: true })
  address: string | null;

  @Column('timestamptz', { default: () => 'now()' })
  createdAt: Date;

  @Column('timestamptz', { nullable: true })
  finishedAt: Date | null;
}
