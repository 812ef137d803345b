import { once } from 'node:events';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '@central-index/platform/config';
import { DomainError } from '@central-index/platform/errors';
import { summarizeError } from '@central-index/platform/logging';
import {
  RegistriesService,
  RegistryProbe,
  type ProbeResponse,
  type Registry,
} from '@central-index/registries';
import { fail, pass, unknown, type RegistryCheck } from './check-result';
import { ContentsChecks } from './contents-checks';
import { command } from './remedies';
import {
  checkChallenge,
  checkClock,
  checkForeignToken,
  checkToken,
  checkTransport,
  checkUnreachable,
} from './registry-checks';
import { V1Checks } from './v1-checks';

const maxNotificationLagMs = 15_000;

/** How long a diagnosis may take. */
export interface DoctorTimeouts {
  /** How long to wait for a notification, in milliseconds; 15,000 by default. */
  readonly notificationMs?: number;
  /** Checks that have not ended after this many milliseconds are `unknown`; no limit by default. */
  readonly withinMs?: number;
}

/** Diagnoses a registry: what is wrong with it or its configuration, and what to do about it. */
@Injectable()
export class RegistryDoctor {
  constructor(
    private readonly registries: RegistriesService,
    private readonly probe: RegistryProbe,
    private readonly contents: ContentsChecks,
    private readonly v1: V1Checks,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** All checks, each after those that it depends on. Changes no repository. Throws NOT_FOUND. */
  async diagnose(
    name: string,
    { notificationMs = maxNotificationLagMs, withinMs }: DoctorTimeouts = {},
  ): Promise<RegistryCheck[]> {
    const deadline = withinMs === undefined ? new AbortController().signal : AbortSignal.timeout(withinMs);
    const registry = await this.registries.get(name);
    if (registry.kind === 'v1') return this.diagnoseV1(registry, deadline);
    let response: ProbeResponse;
    try {
      response = await this.probe.probe(registry);
    } catch (error) {
      return [checkUnreachable(registry, detailOf(error))];
    }
    const checks = await this.checkAuthentication(registry, response);
    const further: Record<string, () => Promise<RegistryCheck>> = {
      catalog: () => this.contents.checkCatalog(registry),
      delete: () => this.contents.checkDelete(registry),
      blobs: () => this.contents.checkBlobs(registry),
      notifications: () => this.contents.checkNotifications(registry, notificationMs, deadline),
      events: () => this.contents.checkEvents(registry),
      addresses: () => this.contents.checkAddresses(registry),
      drift: () => this.contents.checkDrift(registry, deadline),
    };
    const isAccepted = checks.some((check) => check.name === 'token' && check.status === 'ok');
    for (const [checkName, check] of Object.entries(further)) {
      checks.push(
        isAccepted
          ? await withDeadline(registry, checkName, deadline, () => orFailure(checkName, check))
          : unknown(checkName, "not checked: the index's token is rejected"),
      );
    }
    return checks;
  }

  private async diagnoseV1(registry: Registry, deadline: AbortSignal): Promise<RegistryCheck[]> {
    let checks: RegistryCheck[];
    try {
      checks = await this.v1.check(registry);
    } catch (error) {
      return [checkUnreachable(registry, detailOf(error))];
    }
    const isAccepted = checks.some((check) => check.name === 'token' && check.status === 'ok');
    const drift = (): Promise<RegistryCheck> => this.contents.checkDrift(registry, deadline);
    return [
      ...checks,
      isAccepted
        ? await withDeadline(registry, 'drift', deadline, () => orFailure('drift', drift))
        : unknown('drift', "not checked: the index's token is rejected"),
    ];
  }

  private async checkAuthentication(registry: Registry, response: ProbeResponse): Promise<RegistryCheck[]> {
    const expected = { realm: `${this.config.server.publicUrl}/token`, service: registry.service };
    const token = checkToken(registry, await this.probe.statusFor(registry, registry.service));
    return [
      pass('reachable', `responds at ${registry.url}`),
      checkTransport(registry),
      checkChallenge(registry, response, expected),
      checkClock(response),
      token,
      checkForeignToken(registry, await this.probe.statusFor(registry, `not ${registry.service}`)),
    ];
  }
}

// A check that is still running at the deadline is not cancelled, but its result is dropped.
async function withDeadline(
  registry: Registry,
  name: string,
  deadline: AbortSignal,
  check: () => Promise<RegistryCheck>,
): Promise<RegistryCheck> {
  const hint = `run ${command(`registry doctor ${registry.name}`)}, which has no time limit`;
  const late = unknown(name, 'there was no time for it', hint);
  if (deadline.aborted) return late;
  return Promise.race([check(), once(deadline, 'abort').then(() => late)]);
}

async function orFailure(name: string, check: () => Promise<RegistryCheck>): Promise<RegistryCheck> {
  try {
    return await check();
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const hint = "the registry's log shows why; reconciliation and events depend on it";
    return fail(name, `${error.message} (${detailOf(error)})`, hint);
  }
}

function detailOf(error: unknown): string {
  if (!(error instanceof DomainError)) return summarizeError(error);
  return typeof error.privateDetail === 'string' ? error.privateDetail : error.message;
}
