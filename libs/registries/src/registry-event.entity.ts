import { Check, Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { RegistryEntity } from './registry.entity';

/** What a registry reported, once an event; private to this room. */
@Entity({
  name: 'registry_event',
  comment: 'Events as reported, once each; parked ones could not be read or believed, and say why',
})
@Unique(['registryId', 'eventId'])
@Index('registry_event_waiting_idx', ['registryId', 'id'], { where: `state = 'stored'` })
@Index('registry_event_parked_idx', ['registryId', 'id'], { where: `state = 'parked'` })
@Check('registry_event_state_check', `state in ('stored', 'applied', 'parked')`)
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

  @Column('text', { default: 'stored' })
  state: 'stored' | 'applied' | 'parked';

  @Column('text', { nullable: true })
  reason: string | null;

  @Column('timestamptz', { default: () => 'now()' })
  receivedAt: Date;

  @Column('timestamptz', { nullable: true })
  appliedAt: Date | null;
}
