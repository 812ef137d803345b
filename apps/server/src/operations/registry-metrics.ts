import { Injectable } from '@nestjs/common';
import { NotificationsService, RegistriesService } from '@central-index/registries';
import { Gauge, type Registry } from 'prom-client';

/** What registries reported and what became of it, in figures for a monitor. Read from the database when asked. */
@Injectable()
export class RegistryMetrics {
  constructor(
    private readonly registries: RegistriesService,
    private readonly notifications: NotificationsService,
  ) {}

  /** Adds the figures to those of a scrape. */
  async collect(metrics: Registry): Promise<void> {
    const events = new Gauge({
      name: 'central_index_registry_events',
      help: 'Events that registries reported: waiting to be applied, or parked because they cannot be',
      labelNames: ['registry', 'state'],
      registers: [metrics],
    });
    const age = new Gauge({
      name: 'central_index_registry_events_oldest_seconds',
      help: 'For how long the oldest event has waited to be applied',
      labelNames: ['registry'],
      registers: [metrics],
    });
    const backlogs = await this.notifications.backlogs();
    for (const { id, name } of await this.registries.list()) {
      const { waiting = 0, parked = 0, oldest } = backlogs.get(id) ?? {};
      events.set({ registry: name, state: 'waiting' }, waiting);
      events.set({ registry: name, state: 'parked' }, parked);
      age.set({ registry: name }, oldest ? Math.max(0, (Date.now() - oldest.getTime()) / 1000) : 0);
    }
  }
}
