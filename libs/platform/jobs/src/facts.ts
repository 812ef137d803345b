/** Values that a fact or job carries: ids and small values, never rows. */
export type Payload = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

/** A fact as it is emitted: a name in the past tense, and what it is about. */
export interface Fact<P extends Payload = Payload> {
  readonly type: string;
  readonly payload: P;
  /** True for facts that are emitted hundreds of times per second: see `defineFact`. */
  readonly batched: boolean;
}

/** Makes facts of one type, and names the type where handlers subscribe to it. */
export interface FactDefinition<P extends Payload> {
  (payload: P): Fact<P>;
  readonly type: string;
  readonly batched: boolean;
}

/**
 * Declares a fact (or a plain job) and its payload. Batched facts wait in the table `fact_outbox` for up to 100 ms and
 * are handled together; all others become one job each.
 */
export function defineFact<P extends Payload>(
  type: string,
  { batched = false }: { batched?: boolean } = {},
): FactDefinition<P> {
  return Object.assign((payload: P): Fact<P> => ({ type, payload, batched }), { type, batched });
}
