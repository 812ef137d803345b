import { setTimeout as pause } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '@central-index/platform/config';
import {
  NotificationsService,
  RegistryClient,
  RegistryCopier,
  scratchPath,
  type Registry,
} from '@central-index/registries';
import { fail, pass, unknown, warn, type RegistryCheck } from './check-result';
import type { SampleImage } from './contents-checks.queries';
import { reconcile, renewFragment } from './remedies';

const name = 'notifications';
const pollIntervalMs = 100;
const slowNotificationMs = 5_000;
const emptyIndexType = 'application/vnd.oci.image.index.v1+json';

/** Checks that a registry's notifications arrive. */
@Injectable()
export class NotificationCheck {
  constructor(
    private readonly notifications: NotificationsService,
    private readonly client: RegistryClient,
    private readonly copier: RegistryCopier,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Whether a notification arrives within `timeoutMs` of what causes one and changes nothing: a read of the image, or at
   * zot, which reports no reads, a manifest without content that is deleted again. Stops early at the deadline. Throws
   * REGISTRY_….
   */
  async check(
    registry: Registry,
    image: SampleImage | undefined,
    timeoutMs: number,
    deadline: AbortSignal,
  ): Promise<RegistryCheck> {
    if (registry.kind === 'zot') {
      const provoked = await this.provokeByWrite(registry);
      return this.awaitNotification(registry, provoked, 'a write', timeoutMs, deadline);
    }
    if (image === undefined) {
      return unknown(name, 'there is no image yet that could be read', 'push one, then repeat the check');
    }
    const before = await this.notifications.newest(registry.id);
    const start = performance.now();
    if ((await this.client.manifest(registry, image.path, image.digest)) === undefined) {
      return unknown(name, `${image.path} no longer has the image`, reconcile(registry, { missing: 1 }));
    }
    return this.awaitNotification(registry, { before, start }, 'a read', timeoutMs, deadline);
  }

  private async provokeByWrite(registry: Registry): Promise<Provoked> {
    const before = await this.notifications.newest(registry.id);
    const start = performance.now();
    // Never the same twice: zot reports only what changes.
    const annotations = { 'org.opencontainers.image.ref.name': randomUUID() };
    const body = Buffer.from(
      JSON.stringify({ schemaVersion: 2, mediaType: emptyIndexType, manifests: [], annotations }),
    );
    const digest = await this.copier.putManifest(
      { registry, path: scratchPath },
      { mediaType: emptyIndexType, body },
    );
    await this.client.deleteManifest(registry, scratchPath, digest);
    return { before, start };
  }

  private async awaitNotification(
    registry: Registry,
    { before, start }: Provoked,
    cause: string,
    timeoutMs: number,
    deadline: AbortSignal,
  ): Promise<RegistryCheck> {
    while ((await this.notifications.newest(registry.id)) === before) {
      if (performance.now() - start > timeoutMs || deadline.aborted) {
        return fail(
          name,
          `none arrived within ${timeoutMs / 1000} s of ${cause}`,
          `its log shows what ${registry.hookUrl ?? this.config.server.publicUrl}/hooks/registry/${registry.name} ` +
            `responds; if its address or secret is wrong, ${renewFragment(registry)}`,
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
}

interface Provoked {
  /** The newest event before. */
  readonly before: string | undefined;
  readonly start: number;
}
