import { Injectable } from '@nestjs/common';
import { NotificationsService, RegistriesService } from '@central-index/registries';
import { SweepsService } from '@central-index/registry-sync';
import { Gauge, type Registry } from 'prom-client';

/** What registries reported and what became of it, in figures for a monitor. Read from the database when asked. */
@Injectable()
export class RegistryMetrics {
  constructor(
    private readonly registries: RegistriesService,
    private readonly notifications: NotificationsService,
    private readonly sweeps: SweepsService,
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
    await this.collectSweeps(metrics);
    const backlogs = await this.notifications.backlogs();
    for (const { id, name } of await this.registries.list()) {
      const { waiting = 0, parked = 0, oldest } = backlogs.get(id) ?? {};
      events.set({ registry: name, state: 'waiting' }, waiting);
      events.set({ registry: name, state: 'parked' }, parked);
      age.set({ registry: name }, oldest ? Math.max(0, (Date.now() - oldest.getTime()) / 1000) : 0);
    }
  }

  private async collectSweeps(metrics: Registry): Promise<void> {
    const gauge = (name: string, help: string): Gauge =>
      new Gauge({
        name: `central_index_registry_${name}`,
        help,
        labelNames: ['registry'],
        registers: [metrics],
      });
    const alarm = gauge('sweep_alarm', '1 while the last sweep removed nothing because too much is missing');
    const failed = gauge('sweep_failed', '1 while the last sweep could not read everything');
    const missing = gauge('missing_tags', 'Tags that the last sweep missed and did not remove');
    const age = gauge('sweep_age_seconds', 'How long ago the last sweep ended');
    for (const [registry, sweep] of await this.sweeps.latest()) {
      alarm.set({ registry }, sweep.alarm === null ? 0 : 1);
      failed.set({ registry }, sweep.failure === null ? 0 : 1);
      missing.set({ registry }, sweep.missing);
      age.set({ registry }, Math.max(0, (Date.now() - sweep.finishedAt.getTime()) / 1000));
    }
  }
}
