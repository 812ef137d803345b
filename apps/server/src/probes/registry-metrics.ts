import { Injectable } from '@nestjs/common';
import { NotificationsService, RegistriesService } from '@central-index/registries';
import { ReconcileResultsService } from '@central-index/registry-sync';
import { Gauge, type Registry } from 'prom-client';

/** Metrics of registry events and reconciles, read from the database at each scrape. */
@Injectable()
export class RegistryMetrics {
  constructor(
    private readonly registries: RegistriesService,
    private readonly notifications: NotificationsService,
    private readonly reconciles: ReconcileResultsService,
  ) {}

  /** Registers the gauges with their current values. Throws while the database is unavailable. */
  async collect(metrics: Registry): Promise<void> {
    const events = new Gauge({
      name: 'central_index_registry_events',
      help: 'Events that registries sent: pending, or parked because they cannot be applied',
      labelNames: ['registry', 'state'],
      registers: [metrics],
    });
    const age = new Gauge({
      name: 'central_index_registry_events_oldest_seconds',
      help: 'Age of the oldest pending event; 0 if none is pending',
      labelNames: ['registry'],
      registers: [metrics],
    });
    await this.collectReconciles(metrics);
    const backlogs = await this.notifications.backlogs();
    for (const { id, name } of await this.registries.list()) {
      const { pending = 0, parked = 0, oldest } = backlogs.get(id) ?? {};
      events.set({ registry: name, state: 'pending' }, pending);
      events.set({ registry: name, state: 'parked' }, parked);
      age.set({ registry: name }, oldest ? Math.max(0, (Date.now() - oldest.getTime()) / 1000) : 0);
    }
  }

  private async collectReconciles(metrics: Registry): Promise<void> {
    const gauge = (name: string, help: string): Gauge =>
      new Gauge({
        name: `central_index_registry_${name}`,
        help,
        labelNames: ['registry'],
        registers: [metrics],
      });
    const alarm = gauge(
      'reconcile_alarm',
      '1 if the last reconcile deleted nothing because more is missing than its limit allows',
    );
    const failed = gauge('reconcile_failed', '1 if the last reconcile could not read everything');
    const missing = gauge(
      'missing_tags',
      'Tags that the registry did not list at the last reconcile and that were not deleted',
    );
    const finished = gauge('last_reconcile_timestamp_seconds', 'Unix time at which the last reconcile ended');
    for (const [registry, reconcile] of await this.reconciles.latest()) {
      alarm.set({ registry }, reconcile.alarm === null ? 0 : 1);
      failed.set({ registry }, reconcile.error === null ? 0 : 1);
      missing.set({ registry }, reconcile.missing);
      finished.set({ registry }, reconcile.finishedAt.getTime() / 1000);
    }
  }
}
