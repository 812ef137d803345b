import type { ProbeResponse, Registry } from '@central-index/registries';

/** What the doctor says of one thing. A warning stops no client and loses no event. */
export type CheckStatus = 'ok' | 'warning' | 'failed' | 'unknown';

/** One thing that was looked at. */
export interface RegistryCheck {
  readonly name: string;
  readonly status: CheckStatus;
  readonly detail: string;
  /** What to do about it, unless it is well. */
  readonly hint?: string;
}

/** What the index expects a registry to be told. */
export interface Expected {
  readonly realm: string;
  readonly service: string;
}

// Registries give a token's times 60 seconds.
const leewaySeconds = 60;

/** That all went well. */
export const pass = (name: string, detail: string): RegistryCheck => ({ name, status: 'ok', detail });

/** That something stops clients or loses events. */
export const fail = (name: string, detail: string, remedy: string): RegistryCheck => ({
  name,
  status: 'failed',
  detail,
  hint: remedy,
});

/** That something should be looked at. */
export const warn = (name: string, detail: string, remedy: string): RegistryCheck => ({
  name,
  status: 'warning',
  detail,
  hint: remedy,
});

/** That it could not be looked at, and why. */
export const unknown = (name: string, detail: string, remedy?: string): RegistryCheck => ({
  name,
  status: 'unknown',
  detail,
  hint: remedy,
});

/** How the index reaches it. */
export function checkTransport({ url }: Registry): RegistryCheck {
  if (url.startsWith('https:')) return pass('tls', 'https, with a certificate that is trusted');
  return warn(
    'tls',
    'plain http: tokens and images can be read on the way',
    'put TLS before the registry, unless only this machine or a private network reaches it',
  );
}

/** Whether it sends clients to this index, by the right name. */
export function checkChallenge({ status, challenge }: ProbeResponse, expected: Expected): RegistryCheck {
  const name = 'challenge';
  const remedy = 'put the fragment of `registry add` into its configuration and start it again';
  if (status === 200) return fail(name, 'it asks for no token: everybody may do everything', remedy);
  if (status !== 401) return fail(name, `it answers ${status} to a caller without a token`, remedy);
  const wrong = (['realm', 'service'] as const).filter((key) => challenge[key] !== expected[key]);
  if (wrong.length === 0) return pass(name, `realm ${expected.realm}, service ${expected.service}`);
  const differences = wrong.map(
    (key) => `${key} is ${challenge[key] ?? 'missing'} instead of ${expected[key]}`,
  );
  return fail(name, differences.join(', '), remedy);
}

/** Whether its clock agrees with the index's well enough for tokens. */
export function checkClock({ date, receivedAt }: ProbeResponse): RegistryCheck {
  const name = 'clock';
  if (date === undefined) return unknown(name, 'it does not tell its time');
  // Its date is cut to the second.
  const skew = Math.round((date.getTime() + 500 - receivedAt.getTime()) / 1000);
  const detail = skew === 0 ? 'agrees' : `${Math.abs(skew)} s ${skew > 0 ? 'ahead' : 'behind'}`;
  const remedy = 'synchronise the clocks of both machines (NTP)';
  if (Math.abs(skew) >= leewaySeconds - 5) return fail(name, `${detail}: fresh tokens are refused`, remedy);
  return Math.abs(skew) > 5 ? warn(name, detail, remedy) : pass(name, detail);
}

/** Whether it believes the index's tokens for it. */
export function checkToken(status: number): RegistryCheck {
  if (status === 200) return pass('token', "the index's token is believed");
  return fail(
    'token',
    `it answers ${status} to the index's own token`,
    'issuer, service and rootcertbundle must be those of the fragment; `keys export` gives the certificate',
  );
}

/** Whether it refuses tokens that are not for it. */
export function checkForeignToken({ kind }: Registry, status: number): RegistryCheck {
  const name = 'foreign-token';
  if (status === 401) return pass(name, 'a token for another service is refused');
  const detail = `it answers ${status} to a token for another service`;
  if (kind === 'zot') {
    return warn(name, detail, 'zot does not look at the service: its own key keeps other tokens out');
  }
  return fail(name, detail, 'its `service` must be its own: a token for another registry opens this one');
}
