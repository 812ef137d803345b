import type { ProbeResponse, Registry } from '@central-index/registries';
import { fail, pass, unknown, warn, type RegistryCheck } from './check-result';
import { command, renewFragment } from './remedies';

/** What a registry's challenge must state. */
export interface ExpectedChallenge {
  readonly realm: string;
  readonly service: string;
}

// Registries accept tokens for 60 seconds before and after their validity.
const tokenLeewaySeconds = 60;
const certificateErrors = /CERT|SELF_SIGNED|TLS|SSL|ALTNAME/i;

/** The check of a registry that did not respond; `reason` is the network error. */
export function checkUnreachable({ name, url }: Registry, reason: string): RegistryCheck {
  if (certificateErrors.test(reason)) {
    return fail(
      'tls',
      `its certificate is not trusted (${reason})`,
      'give it a certificate that this machine trusts, or set NODE_EXTRA_CA_CERTS to its authority',
    );
  }
  return fail(
    'reachable',
    `nothing responds at ${url} (${reason})`,
    `start the registry; if it is elsewhere, run ${command(`registry set ${name} --url URL`)}; ` +
      'a firewall may block the connection',
  );
}

/** Whether the connection to the registry is encrypted. */
export function checkTransport({ name, url }: Registry): RegistryCheck {
  if (url.startsWith('https:')) return pass('tls', 'https, with a trusted certificate');
  return warn(
    'tls',
    'plain http: tokens and images can be read on the way',
    `put TLS before the registry and run ${command(`registry set ${name} --url URL`)}, unless only this machine or a ` +
      'private network reaches it',
  );
}

/** Whether the registry sends clients to this index for tokens, under the right service. */
export function checkChallenge(
  registry: Registry,
  { status, challenge }: ProbeResponse,
  expected: ExpectedChallenge,
): RegistryCheck {
  const name = 'challenge';
  const hint = renewFragment(registry);
  if (status === 200) return fail(name, 'it requires no token: every client may do everything', hint);
  if (status !== 401) return fail(name, `it responds ${status} to a client without a token`, hint);
  const wrong = (['realm', 'service'] as const).filter((key) => challenge[key] !== expected[key]);
  if (wrong.length === 0) return pass(name, `realm ${expected.realm}, service ${expected.service}`);
  const differences = wrong.map(
    (key) => `${key} is ${challenge[key] ?? 'missing'} instead of ${expected[key]}`,
  );
  return fail(name, differences.join(', '), hint);
}

/** Whether the registry's clock agrees with the index's closely enough for tokens. */
export function checkClock({ date, receivedAt }: ProbeResponse): RegistryCheck {
  const name = 'clock';
  if (date === undefined) return unknown(name, 'it sends no Date header');
  // The Date header is truncated to the second, so its expected error is half a second.
  const skew = Math.round((date.getTime() + 500 - receivedAt.getTime()) / 1000);
  const detail = skew === 0 ? 'in sync' : `${Math.abs(skew)} s ${skew > 0 ? 'ahead' : 'behind'}`;
  const hint = 'synchronise the clocks of both machines (NTP)';
  if (Math.abs(skew) >= tokenLeewaySeconds - 5) {
    return fail(name, `${detail}: new tokens are rejected`, hint);
  }
  return Math.abs(skew) > 5 ? warn(name, detail, hint) : pass(name, detail);
}

/** Whether the registry accepts the index's tokens for it; `status` is its response to one. */
export function checkToken(registry: Registry, status: number): RegistryCheck {
  if (status === 200) return pass('token', "the index's token is accepted");
  return fail('token', `it responds ${status} to the index's own token`, renewFragment(registry));
}

/** Whether the registry rejects tokens for other services; `status` is its response to one. */
export function checkForeignToken(registry: Registry, status: number): RegistryCheck {
  const name = 'foreign-token';
  if (status === 401) return pass(name, 'a token for another service is rejected');
  const detail = `it responds ${status} to a token for another service`;
  if (registry.kind === 'zot') {
    return warn(name, detail, 'zot does not check the service: only its own key excludes other tokens');
  }
  return fail(name, detail, renewFragment(registry));
}
