import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '@central-index/platform/config';
import { Database } from '@central-index/platform/database';
import { DomainError } from '@central-index/platform/errors';
import {
  NotificationsService,
  RegistriesService,
  RegistryClient,
  RegistryProbe,
  type ProbeResponse,
  type Registry,
} from '@central-index/registries';
import {
  checkChallenge,
  checkClock,
  checkForeignToken,
  checkToken,
  checkTransport,
  fail,
  unknown,
  warn,
  pass,
  type RegistryCheck,
} from './registry-checks';
import { ReconcilerService } from '../reconcile/reconciler.service';

const noSuchDigest = `sha256:${'0'.repeat(64)}`;
const longestLag = 15_000;
const slowNotificationMs = 5_000;
const certificateErrors = /CERT|SELF_SIGNED|TLS|SSL|ALTNAME/i;

/** How long an examination may take. */
export interface DoctorTimeouts {
  /** How long to wait for a notification. */
  readonly notificationMs?: number;
  /** What was not looked at when so much time is over is unknown. */
  readonly withinMs?: number;
}

/** Looks at a registry from all sides, and says what is wrong and what to do about it. */
@Injectable()
export class RegistryDoctor {
  constructor(
    private readonly database: Database,
    private readonly registries: RegistriesService,
    private readonly notifications: NotificationsService,
    private readonly client: RegistryClient,
    private readonly probe: RegistryProbe,
    private readonly reconciler: ReconcilerService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** All checks, in the order in which things depend on each other. Changes nothing. Throws NOT_FOUND. */
  async diagnose(
    name: string,
    { notificationMs = longestLag, withinMs = Infinity }: DoctorTimeouts = {},
  ): Promise<RegistryCheck[]> {
    const end = Date.now() + withinMs;
    const registry = await this.registries.get(name);
    if (registry.kind === 'v1') return [unknown('reachable', 'a v1 registry cannot be asked')];
    let greeting: ProbeResponse;
    try {
      greeting = await this.probe.probe(registry);
    } catch (error) {
      return [this.unreachable(registry, error)];
    }
    const expected = { realm: `${this.config.server.publicUrl}/token`, service: registry.service };
    const token = checkToken(await this.probe.statusFor(registry, registry.service));
    const checks = [
      pass('reachable', `answers at ${registry.url}`),
      checkTransport(registry),
      checkChallenge(greeting, expected),
      checkClock(greeting),
      token,
      checkForeignToken(registry, await this.probe.statusFor(registry, `not ${registry.service}`)),
    ];
    if (token.status !== 'ok') {
      const rest = ['catalog', 'delete', 'notifications', 'events', 'drift'];
      return [...checks, ...rest.map((one) => unknown(one, "not asked: the index's token is refused"))];
    }
    const further: Record<string, () => Promise<RegistryCheck>> = {
      catalog: () => this.checkCatalog(registry),
      delete: () => this.checkDelete(registry),
      notifications: () => this.checkNotifications(registry, notificationMs),
      events: () => this.checkEvents(registry),
      drift: () => this.checkDrift(registry, end),
    };
    for (const [one, check] of Object.entries(further)) {
      checks.push(await inTime(one, end, () => this.tried(one, check)));
    }
    return checks;
  }

  private unreachable(registry: Registry, error: unknown): RegistryCheck {
    const why = reasonOf(error);
    if (certificateErrors.test(why)) {
      return fail(
        'tls',
        `its certificate is not trusted (${why})`,
        'give it a certificate that this machine trusts, or name its authority in NODE_EXTRA_CA_CERTS',
      );
    }
    return fail(
      'reachable',
      `nothing answers at ${registry.url} (${why})`,
      'start the registry, or add it anew with the right --url; a firewall may be between',
    );
  }

  private async tried(name: string, check: () => Promise<RegistryCheck>): Promise<RegistryCheck> {
    try {
      return await check();
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      return fail(
        name,
        `${error.message} (${reasonOf(error)})`,
        'its log says why; reconciles and reports need this',
      );
    }
  }

  private async checkCatalog(registry: Registry): Promise<RegistryCheck> {
    for await (const page of this.client.catalog(registry)) {
      return pass('catalog', `can be read, ${page.length} names on the first page`);
    }
    return fail('catalog', 'it has none', 'a registry without a catalog cannot be adopted from');
  }

  private async checkDelete(registry: Registry): Promise<RegistryCheck> {
    // A manifest that nobody can have: what deletes answers that it is not there.
    const path = (await this.sampleImage(registry))?.path ?? 'central-index/doctor';
    if (await this.client.deleteManifest(registry, path, noSuchDigest)) {
      return pass('delete', 'manifests can be deleted');
    }
    return warn(
      'delete',
      'it deletes nothing: removed repositories keep their images',
      'set storage.delete.enabled to true in its configuration',
    );
  }

  // A read makes the registry report; nothing else that changes nothing does.
  private async checkNotifications(registry: Registry, patienceMs: number): Promise<RegistryCheck> {
    const name = 'notifications';
    const image = await this.sampleImage(registry);
    if (image === undefined) {
      return unknown(name, 'there is no image yet that could be read', 'push one, then ask again');
    }
    const before = await this.notifications.newest(registry.id);
    const begun = performance.now();
    if ((await this.client.manifest(registry, image.path, image.digest)) === undefined) {
      return unknown(name, `${image.path} has no such image any more`, 'run `registry reconcile`');
    }
    while ((await this.notifications.newest(registry.id)) === before) {
      if (performance.now() - begun > patienceMs) {
        return fail(
          name,
          `none came within ${patienceMs / 1000} s of a read`,
          `it must reach ${registry.hookUrl ?? this.config.server.publicUrl}/hooks/registry/${registry.name} ` +
            'with the secret of the fragment; its log tells what it was answered',
        );
      }
      await pause(100);
    }
    const lag = Math.round(performance.now() - begun);
    if (lag < slowNotificationMs) return pass(name, `arrive, ${lag} ms after the event`);
    return warn(
      name,
      `arrive late, ${lag} ms after the event`,
      'the registry repeats something that fails: see its log',
    );
  }

  private async checkEvents(registry: Registry): Promise<RegistryCheck> {
    const { pending, parked } = (await this.notifications.backlogs()).get(registry.id) ?? {
      pending: 0,
      parked: 0,
    };
    const detail = `${pending} wait to be applied, ${parked} were parked`;
    if (pending > 1000) return warn('events', detail, 'is a worker running?');
    if (parked > 0) return warn('events', detail, '`registry events` shows why they were parked');
    return pass('events', detail);
  }

  private async checkDrift(registry: Registry, until: number): Promise<RegistryCheck> {
    const reconcile = await this.reconciler.reconcile(registry.name, { dryRun: true, until });
    const detail = `${reconcile.added} tags the index lacks, ${reconcile.missing} the registry lacks, ${reconcile.unclaimed} unclaimed names`;
    if (reconcile.error !== null) return fail('drift', reconcile.error, '`registry reconcile` tells more');
    if (reconcile.alarm !== null) {
      return fail(
        'drift',
        reconcile.alarm,
        'if that is right, `registry reconcile --limit`; else mend the registry',
      );
    }
    if (reconcile.added + reconcile.missing > 0) return warn('drift', detail, 'run `registry reconcile`');
    return pass('drift', detail);
  }

  private async sampleImage(registry: Registry): Promise<{ path: string; digest: string } | undefined> {
    const [row] = await this.database.rows<{ path: string; digest: string }>(
      `select registry_path as path, digest from repository join tag on repository_id = repository.id
        where registry_id = $1 and state <> 'deleted' limit 1`,
      [registry.id],
    );
    return row;
  }
}

// The check may be over later than that: nobody looks at it any more.
async function inTime(
  name: string,
  end: number,
  check: () => Promise<RegistryCheck>,
): Promise<RegistryCheck> {
  const late = unknown(name, 'there was no time to look', 'run `registry doctor`, which takes its time');
  if (end <= Date.now()) return late;
  if (end === Infinity) return check();
  const over = new AbortController();
  try {
    return await Promise.race([check(), until(end, over.signal).then(() => late)]);
  } finally {
    over.abort();
  }
}

// A timer may fire a moment early: then the next check would begin as if there were time.
async function until(end: number, signal: AbortSignal): Promise<void> {
  for (let left = end - Date.now(); left > 0; left = end - Date.now()) {
    await pause(left, undefined, { signal });
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof DomainError)) return String(error);
  return typeof error.privateDetail === 'string' ? error.privateDetail : error.message;
}
