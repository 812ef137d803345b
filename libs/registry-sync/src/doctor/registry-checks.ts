import type { Greeting, Registry } from '@central-index/registries';

/** What the doctor says of one thing. A warning stops no client and loses no event. */
export type Verdict = 'ok' | 'warning' | 'failed' | 'unknown';

/** One thing that was looked at. */
export interface Check {
  readonly name: string;
  readonly verdict: Verdict;
  readonly detail: string;
  /** What to do about it, unless it is well. */
  readonly remedy?: string;
}

/** What the index expects a registry to be told. */
export interface Expected {
  readonly realm: string;
  readonly service: string;
}

// Registries give a token's times 60 seconds.
const leewaySeconds = 60;

/** That all went well. */
export const well = (name: string, detail: string): Check => ({ name, verdict: 'ok', detail });

/** That something stops clients or loses events. */
export const failed = (name: string, detail: string, remedy: string): Check => ({
  name,
  verdict: 'failed',
  detail,
  remedy,
});

/** That something should be looked at. */
export const warning = (name: string, detail: string, remedy: string): Check => ({
  name,
  verdict: 'warning',
  detail,
  remedy,
});

/** That it could not be looked at, and why. */
export const unknown = (name: string, detail: string, remedy?: string): Check => ({
  name,
  verdict: 'unknown',
  detail,
  remedy,
});

/** How the index reaches it. */
export function checkTransport({ url }: Registry): Check {
  if (url.startsWith('https:')) return well('tls', 'https, with a certificate that is trusted');
  return warning(
    'tls',
    'plain http: tokens and images can be read on the way',
    'put TLS before the registry, unless only this machine or a private network reaches it',
  );
}

/** Whether it sends clients to this index, by the right name. */
export function checkChallenge({ status, challenge }: Greeting, expected: Expected): Check {
  const name = 'challenge';
  const remedy = 'put the fragment of `registry add` into its configuration and start it again';
  if (status === 200) return failed(name, 'it asks for no token: everybody may do everything', remedy);
  if (status !== 401) return failed(name, `it answers ${status} to a caller without a token`, remedy);
  const wrong = (['realm', 'service'] as const).filter((key) => challenge[key] !== expected[key]);
  if (wrong.length === 0) return well(name, `realm ${expected.realm}, service ${expected.service}`);
  const differences = wrong.map(
    (key) => `${key} is ${challenge[key] ?? 'missing'} instead of ${expected[key]}`,
  );
  return failed(name, differences.join(', '), remedy);
}

/** Whether its clock agrees with the index's well enough for tokens. */
export function checkClock({ date, receivedAt }: Greeting): Check {
  const name = 'clock';
  if (date === undefined) return unknown(name, 'it does not tell its time');
  // Its date is cut to the second.
  const skew = Math.round((date.getTime() + 500 - receivedAt.getTime()) / 1000);
  const detail = skew === 0 ? 'agrees' : `${Math.abs(skew)} s ${skew > 0 ? 'ahead' : 'behind'}`;
  const remedy = 'synchronise the clocks of both machines (NTP)';
  if (Math.abs(skew) >= leewaySeconds - 5) return failed(name, `${detail}: fresh tokens are refused`, remedy);
  return Math.abs(skew) > 5 ? warning(name, detail, remedy) : well(name, detail);
}

/** Whether it believes the index's tokens for it. */
export function checkToken(status: number): Check {
  if (status === 200) return well('token', "the index's token is believed");
  return failed(
    'token',
    `it answers ${status} to the index's own token`,
    'issuer, service and rootcertbundle must be those of the fragment; `keys export` gives the certificate',
  );
}

/** Whether it refuses tokens that are not for it. */
export function checkForeignToken({ kind }: Registry, status: number): Check {
  const name = 'foreign-token';
  if (status === 401) return well(name, 'a token for another service is refused');
  const detail = `it answers ${status} to a token for another service`;
  if (kind === 'zot') {
    return warning(name, detail, 'zot does not look at the service: its own key keeps other tokens out');
  }
  return failed(name, detail, 'its `service` must be its own: a token for another registry opens this one');
}
