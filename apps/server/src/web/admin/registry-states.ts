import { NotificationsService, RegistriesService, type Registry } from '@central-index/registries';
import { ReconcileResultsService } from '@central-index/registry-sync';
import { Injectable } from '@nestjs/common';
import type { RegistryState } from './overview-concerns';

/** Gathers what pages show of registries. */
@Injectable()
export class RegistryStates {
  constructor(
    private readonly registries: RegistriesService,
    private readonly notifications: NotificationsService,
    private readonly reconciles: ReconcileResultsService,
  ) {}

  /** All registries by name, with their states. */
  async all(): Promise<RegistryState[]> {
    return this.of(await this.registries.list());
  }

  /** The state of one registry, by name. Throws NOT_FOUND. */
  async one(name: string): Promise<RegistryState> {
    return (await this.of([await this.registries.get(name)]))[0]!;
  }

  private async of(registries: readonly Registry[]): Promise<RegistryState[]> {
    const [backlogs, latest, reconciles] = await Promise.all([
      this.notifications.backlogs(),
      this.notifications.latestReceptions(),
      this.reconciles.latest(),
    ]);
    return registries.map((registry) => ({
      registry,
      backlog: backlogs.get(registry.id),
      latestEvent: latest.get(registry.id),
      reconcile: reconciles.get(registry.name),
    }));
  }
}
