import type { FactDefinition, Payload } from './facts';

/** Handles one fact. It may run twice, late or out of order, and must then change nothing. */
export type FactHandler<P extends Payload> = (payload: P) => Promise<void>;

/** Handles many facts of one type together, under the same conditions as a `FactHandler`. */
export type FactBatchHandler<P extends Payload> = (payloads: readonly P[]) => Promise<void>;

/** The handlers of one fact, without its payload type. Made by `subscribe`. */
export interface Subscription {
  readonly type: string;
  /** By name: with several handlers each is a job of its own, named `<type>/<name>`. */
  readonly handlers: Readonly<Record<string, FactHandler<Payload>>>;
  /** Set for batched facts. */
  readonly handleBatch?: FactBatchHandler<Payload>;
}

/**
 * Subscribes handlers to a fact. A batched fact takes `handleBatch` as well; its `handlers` run the facts of a batch
 * that failed, one by one, and facts that were emitted with a delay.
 */
export function subscribe<P extends Payload>(
  fact: FactDefinition<P>,
  handlers: Readonly<Record<string, FactHandler<P>>>,
  handleBatch?: FactBatchHandler<P>,
): Subscription {
  // Payloads come back from JSON as the fact's own type: `emit` takes nothing else under this type.
  const typed = Object.entries(handlers).map(([name, handle]) => [
    name,
    (payload: Payload) => handle(payload as P),
  ]);
  return {
    type: fact.type,
    handlers: Object.fromEntries(typed) as Subscription['handlers'],
    handleBatch: handleBatch && ((payloads) => handleBatch(payloads as readonly P[])),
  };
}
