/** The outcome of one check. A `warning` stops no client and loses no event; `unknown` was not checked. */
export type CheckStatus = 'ok' | 'warning' | 'failed' | 'unknown';

/** The result of one check of a registry. */
export interface RegistryCheck {
  readonly name: string;
  readonly status: CheckStatus;
  readonly detail: string;
  /** What to do about it; absent when the check passed. */
  readonly hint?: string;
}

/** The check passed. */
export const pass = (name: string, detail: string): RegistryCheck => ({ name, status: 'ok', detail });

/** The check found something that stops clients or loses events. */
export const fail = (name: string, detail: string, hint: string): RegistryCheck => ({
  name,
  status: 'failed',
  detail,
  hint,
});

/** The check found something that an administrator should know. */
export const warn = (name: string, detail: string, hint: string): RegistryCheck => ({
  name,
  status: 'warning',
  detail,
  hint,
});

/** The check could not be made; `detail` says why. */
export const unknown = (name: string, detail: string, hint?: string): RegistryCheck => ({
  name,
  status: 'unknown',
  detail,
  hint,
});
