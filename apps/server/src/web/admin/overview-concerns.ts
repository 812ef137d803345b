import type { Health, HealthFacts } from '@central-index/health';
import type { Backlog, Registry } from '@central-index/registries';
import type { Operation, ReconcileResult } from '@central-index/registry-sync';
import type { SearchState } from '@central-index/search';
import type { SigningKeyRecord } from '@central-index/tokens';
import type { PageContext } from '../rendering/page-context';

/** A registry and what the index knows of its events and contents. */
export interface RegistryState {
  readonly registry: Registry;
  readonly backlog: Backlog | undefined;
  /** When its latest event was received; undefined if it never sent any. */
  readonly latestEvent: Date | undefined;
  /** The latest reconcile; undefined if there was none. */
  readonly reconcile: ReconcileResult | undefined;
}

/** The state of the product. */
export interface OverviewView {
  readonly health: Health;
  /** Undefined if the database did not answer in time. */
  readonly facts: HealthFacts | undefined;
  readonly registries: readonly RegistryState[];
  /** Operations that wait or run. */
  readonly operations: readonly Operation[];
  readonly search: SearchState;
  readonly keys: readonly SigningKeyRecord[];
  readonly now: Date;
}

/** Something that an administrator should look at, and the page where. */
export interface Concern {
  readonly text: string;
  readonly path?: string;
}

// The limits of the alerts that the documentation of the metrics recommends.
const maxSearchLagSeconds = 60;
const minKeyDays = 20;
const dayMs = 86_400_000;

/** What needs attention, the most urgent first. Empty if everything is well. */
export function concernsOf(context: PageContext, view: OverviewView): readonly Concern[] {
  return [
    ...healthConcerns(context, view),
    ...view.registries.flatMap((state) => registryConcerns(context, state)),
    ...searchConcerns(context, view.search),
    ...keyConcerns(context, view),
    ...(view.registries.length === 0
      ? [{ text: context.messages.admin.concerns.noRegistry, path: '/admin/registries' }]
      : []),
  ];
}

/** What the checks of `/readyz` and `doctor` found, in the language of the page. */
export function healthConcerns(
  { messages, formats }: PageContext,
  { health: { checks }, facts }: Pick<OverviewView, 'health' | 'facts'>,
): readonly Concern[] {
  const { concerns } = messages.admin;
  if (facts === undefined) return [{ text: concerns.database }];
  const { workerLastSeen, failedJobs, oldestEvent } = facts;
  const found: Concern[] = [];
  if (checks.worker !== 'ok') {
    found.push({
      text: concerns.worker(workerLastSeen === undefined ? undefined : formats.time(workerLastSeen)),
    });
  }
  if (checks.jobs !== 'ok') {
    found.push({ text: concerns.jobs(formats.number(failedJobs), failedJobs), path: '/admin/search#jobs' });
  }
  if (checks.events !== 'ok' && oldestEvent !== undefined) {
    found.push({ text: concerns.events(formats.time(oldestEvent)), path: '/admin/registries' });
  }
  return found;
}

/** What is wrong with a registry, as far as the index knows without a request to it. */
export function registryConcerns(
  { messages, formats }: PageContext,
  { registry: { name }, backlog, reconcile }: RegistryState,
): readonly Concern[] {
  const { concerns } = messages.admin;
  const path = `/admin/registries/${name}`;
  const parked = backlog?.parked ?? 0;
  return [
    ...(reconcile?.error ? [{ text: concerns.reconcileFailed(name), path }] : []),
    ...(reconcile?.alarm ? [{ text: concerns.reconcileAlarm(name), path }] : []),
    ...(parked > 0 ? [{ text: concerns.parked(name, formats.number(parked), parked), path }] : []),
  ];
}

/** What is wrong with search. */
export function searchConcerns({ messages, formats }: PageContext, state: SearchState): readonly Concern[] {
  const { concerns } = messages.admin;
  const path = '/admin/search';
  return [
    ...(state.fallback === undefined ? [] : [{ text: concerns.searchFallback, path }]),
    ...(state.rejected > 0 ? [{ text: concerns.searchRejected(formats.number(state.rejected)), path }] : []),
    ...(state.lag > maxSearchLagSeconds
      ? [{ text: concerns.searchLag(formats.number(Math.round(state.lag))), path }]
      : []),
  ];
}

function keyConcerns(
  { messages, formats }: PageContext,
  { keys, now }: Pick<OverviewView, 'keys' | 'now'>,
): readonly Concern[] {
  return keys
    .filter(
      ({ state, notAfter }) => state === 'active' && notAfter.getTime() - now.getTime() < minKeyDays * dayMs,
    )
    .map(({ purpose, notAfter }) => ({
      text: messages.admin.concerns.keyExpires(purpose, formats.date(notAfter)),
    }));
}
