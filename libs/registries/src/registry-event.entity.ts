import { Check, Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { RegistryEntity } from './registry.entity';

/** An event that a registry sent; private to this library. */
@Entity({
  name: 'registry_event',
  comment: 'Events as received, each once; parked events could not be parsed or trusted, and reason says why',
})
@Unique(['registryId', 'eventId'])
@Index('registry_event_pending_idx', ['registryId', 'id'], { where: `state = 'pending'` })
@Index('registry_event_parked_idx', ['registryId', 'id'], { where: `state = 'parked'` })
@Check('registry_event_state_check', `state in ('pending', 'applied', 'parked')`)
export class RegistryEventEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id: string;

  @Column('bigint')
  @ForeignKey(() => RegistryEntity, { onDelete: 'CASCADE' })
  registryId: string;

  @Column('text')
  eventId: string;

  @Column('bytea')
  body: Buffer;

  @Column('text', { default: 'pending' })
  state: 'pending' | 'applied' | 'parked';

  @Column('text', { nullable: true })
  reason: string | null;

  @Column('timestamptz', { default: () => 'now()' })
  receivedAt: Date;

  @Column('timestamptz', { nullable: true })
  appliedAt: Date | null;
}
