import { Injectable } from '@nestjs/common';
import { Database } from '@central-index/platform/database';
import { NotificationsService, RegistryClient, scratchPath, type Registry } from '@central-index/registries';
import { readEvent } from '../events/event-reader';
import { ReconcilerService } from '../reconcile/reconciler.service';
import { BlobCheck } from './blob-check';
import { fail, pass, warn, type RegistryCheck } from './check-result';
import { selectSampleImage, type SampleImage } from './contents-checks.queries';
import { NotificationCheck } from './notification-check';
import { command, reconcile } from './remedies';

const absentDigest = `sha256:${'0'.repeat(64)}`;
const maxPendingEvents = 1_000;
const eventsWithAddresses = 200;

/** Checks of a registry that accepts the index's tokens: its API, its notifications, and its contents. */
@Injectable()
export class ContentsChecks {
  constructor(
    private readonly database: Database,
    private readonly notifications: NotificationsService,
    private readonly client: RegistryClient,
    private readonly reconciler: ReconcilerService,
    private readonly notificationCheck: NotificationCheck,
    private readonly blobCheck: BlobCheck,
  ) {}

  /** Whether the catalog can be read. Throws REGISTRY_…. */
  async checkCatalog(registry: Registry): Promise<RegistryCheck> {
    for await (const page of this.client.catalog(registry)) {
      return pass('catalog', `can be read, ${page.length} names on the first page`);
    }
    return fail(
      'catalog',
      'it has none',
      'let its proxy pass on /v2/_catalog: without it nothing can be adopted',
    );
  }

  /** Whether the registry allows deletion. Throws REGISTRY_…. */
  async checkDelete(registry: Registry): Promise<RegistryCheck> {
    // A registry that allows deletion responds 404 for a digest that no manifest has.
    const path = (await this.sampleImage(registry))?.path ?? scratchPath;
    if ((await this.client.deleteManifest(registry, path, absentDigest)) === 'deleted') {
      return pass('delete', 'manifests can be deleted');
    }
    return warn(
      'delete',
      'it does not allow deletion: images of deleted repositories stay',
      'enable deletion in its configuration: storage.delete.enabled must be true',
    );
  }

  /** Whether a notification arrives within `timeoutMs`. Throws REGISTRY_…. */
  async checkNotifications(
    registry: Registry,
    timeoutMs: number,
    deadline: AbortSignal,
  ): Promise<RegistryCheck> {
    return this.notificationCheck.check(registry, await this.sampleImage(registry), timeoutMs, deadline);
  }

  /** Whether blobs are given only to those who may read them. Throws REGISTRY_…. */
  async checkBlobs(registry: Registry): Promise<RegistryCheck> {
    return this.blobCheck.check(registry, await this.sampleImage(registry));
  }

  /** Whether events are applied. */
  async checkEvents(registry: Registry): Promise<RegistryCheck> {
    const backlog = (await this.notifications.backlogs()).get(registry.id);
    const { pending, parked } = backlog ?? { pending: 0, parked: 0 };
    const detail = `${pending} are pending, ${parked} are parked`;
    if (pending > maxPendingEvents)
      return warn(
        'events',
        detail,
        `if no worker runs, start one with ${command('worker')}; otherwise its log says why they stay`,
      );
    if (parked > 0) {
      const events = `registry events ${registry.name} --parked`;
      const hint = `${command(events)} shows why; when the cause is gone, run ${command(`${events} --retry`)}`;
      return warn('events', detail, hint);
    }
    return pass('events', detail);
  }

  /** Whether pulls are reported with addresses that unique pulls are counted by. */
  async checkAddresses(registry: Registry): Promise<RegistryCheck> {
    const name = 'addresses';
    const events = (await this.notifications.latest(registry.id, eventsWithAddresses)).map(readEvent);
    const reported = events.filter((event) => event.kind === 'pull' && event.address !== '');
    const forwarded = reported.filter((event) => event.kind === 'pull' && event.forwarded).length;
    if (reported.length === 0) return pass(name, 'no address of a client was reported lately');
    const detail = `${forwarded} of the last ${reported.length} were forwarded by a proxy, or written by the client`;
    if (registry.behindProxy) {
      return forwarded > 0
        ? pass(name, detail)
        : warn(
            name,
            detail,
            'the proxy sends no X-Forwarded-For, so that all clients count as one: let it set the header',
          );
    }
    if (forwarded === 0) return pass(name, 'those of connections');
    return warn(
      name,
      `${detail}: all of these clients count as one`,
      'if a proxy that overwrites X-Forwarded-For is in front of it, run `registry set --behind-proxy`',
    );
  }

  /** Whether the index has the tags that the registry has. Stops early at the deadline. */
  async checkDrift(registry: Registry, deadline: AbortSignal): Promise<RegistryCheck> {
    const result = await this.reconciler.reconcile(registry.name, { dryRun: true, signal: deadline });
    const detail =
      `${result.added} tags are missing in the index, ${result.missing} at the registry; ` +
      `${result.unclaimed} unclaimed names`;
    const { missing, repositoriesMissingTags: limit } = result;
    if (result.error !== null) {
      return fail('drift', result.error, `its log shows why; then ${reconcile(registry, { missing: 0 })}`);
    }
    if (result.alarm !== null) {
      const hint = `if that is right, ${reconcile(registry, { missing, limit })}; otherwise repair the registry`;
      return fail('drift', result.alarm, hint);
    }
    if (result.added + missing > 0) return warn('drift', detail, reconcile(registry, { missing }));
    return pass('drift', detail);
  }

  private sampleImage(registry: Registry): Promise<SampleImage | undefined> {
    return this.database.queryOne(selectSampleImage, [registry.id]);
  }
}
