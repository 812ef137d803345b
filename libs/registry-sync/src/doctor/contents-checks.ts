import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '@central-index/platform/config';
import { Database } from '@central-index/platform/database';
import { NotificationsService, RegistryClient, type Registry } from '@central-index/registries';
import { ReconcilerService } from '../reconcile/reconciler.service';
import { fail, pass, unknown, warn, type RegistryCheck } from './check-result';
import { selectSampleImage, type SampleImage } from './contents-checks.queries';

const absentDigest = `sha256:${'0'.repeat(64)}`;
const pollIntervalMs = 100;
const slowNotificationMs = 5_000;
const maxPendingEvents = 1_000;

/** Checks of a registry that accepts the index's tokens: its API, its notifications, and its contents. */
@Injectable()
export class ContentsChecks {
  constructor(
    private readonly database: Database,
    private readonly notifications: NotificationsService,
    private readonly client: RegistryClient,
    private readonly reconciler: ReconcilerService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Whether the catalog can be read. Throws REGISTRY_…. */
  async checkCatalog(registry: Registry): Promise<RegistryCheck> {
    for await (const page of this.client.catalog(registry)) {
      return pass('catalog', `can be read, ${page.length} names on the first page`);
    }
    return fail('catalog', 'it has none', 'nothing can be adopted from a registry without a catalog');
  }

  /** Whether the registry allows deletion. Throws REGISTRY_…. */
  async checkDelete(registry: Registry): Promise<RegistryCheck> {
    // A registry that allows deletion responds 404 for a digest that no manifest has.
    const path = (await this.sampleImage(registry))?.path ?? 'central-index/doctor';
    if (await this.client.deleteManifest(registry, path, absentDigest)) {
      return pass('delete', 'manifests can be deleted');
    }
    return warn(
      'delete',
      'it does not allow deletion: images of deleted repositories stay',
      'enable deletion in its configuration: storage.delete.enabled must be true',
    );
  }

  /**
   * Whether a notification arrives within `timeoutMs`. Reads a manifest, because that makes the registry send one and
   * changes nothing. Stops early at the deadline. Throws REGISTRY_….
   */
  async checkNotifications(
    registry: Registry,
    timeoutMs: number,
    deadline: AbortSignal,
  ): Promise<RegistryCheck> {
    const name = 'notifications';
    const image = await this.sampleImage(registry);
    if (image === undefined) {
      return unknown(name, 'there is no image yet that could be read', 'push one, then repeat the check');
    }
    const before = await this.notifications.newest(registry.id);
    const start = performance.now();
    const timeout = AbortSignal.timeout(timeoutMs);
    if ((await this.client.manifest(registry, image.path, image.digest)) === undefined) {
      return unknown(name, `${image.path} no longer has the image`, 'run `registry reconcile`');
    }
    while ((await this.notifications.newest(registry.id)) === before) {
      if (timeout.aborted || deadline.aborted) {
        return fail(
          name,
          `none arrived within ${timeoutMs / 1000} s of a read`,
          `it must reach ${registry.hookUrl ?? this.config.server.publicUrl}/hooks/registry/${registry.name} ` +
            'with the secret of the fragment; its log shows the responses that it receives',
        );
      }
      await pause(pollIntervalMs);
    }
    const lagMs = Math.round(performance.now() - start);
    if (lagMs < slowNotificationMs) return pass(name, `arrive, ${lagMs} ms after the event`);
    return warn(
      name,
      `arrive late, ${lagMs} ms after the event`,
      'the registry repeats a notification that fails: see its log',
    );
  }

  /** Whether events are applied. */
  async checkEvents(registry: Registry): Promise<RegistryCheck> {
    const backlog = (await this.notifications.backlogs()).get(registry.id);
    const { pending, parked } = backlog ?? { pending: 0, parked: 0 };
    const detail = `${pending} are pending, ${parked} are parked`;
    if (pending > maxPendingEvents) return warn('events', detail, 'is a worker running?');
    if (parked > 0) return warn('events', detail, '`registry events` shows why they were parked');
    return pass('events', detail);
  }

  /** Whether the index has the tags that the registry has. Stops early at the deadline. */
  async checkDrift(registry: Registry, deadline: AbortSignal): Promise<RegistryCheck> {
    const result = await this.reconciler.reconcile(registry.name, { dryRun: true, signal: deadline });
    const detail =
      `${result.added} tags are missing in the index, ${result.missing} at the registry; ` +
      `${result.unclaimed} unclaimed names`;
    if (result.error !== null) return fail('drift', result.error, '`registry reconcile` shows more');
    if (result.alarm !== null) {
      const hint = 'if that is right, run `registry reconcile --limit`; otherwise repair the registry';
      return fail('drift', result.alarm, hint);
    }
    if (result.added + result.missing > 0) return warn('drift', detail, 'run `registry reconcile`');
    return pass('drift', detail);
  }

  private sampleImage(registry: Registry): Promise<SampleImage | undefined> {
    return this.database.queryOne(selectSampleImage, [registry.id]);
  }
}
