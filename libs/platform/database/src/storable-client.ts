import type { Client } from 'pg';
import { toStorableValues } from './storable';
import { TimedClient } from './timed-client';

type QueryArguments = Parameters<Client['query']>;

interface QueryConfig {
  readonly values?: readonly unknown[];
}

/** A connection that makes the values of every statement storable: no text that a caller sends can make it fail. */
export class StorableClient extends TimedClient {
  // pg has a dozen overloads, all of which take the values second or in the first argument. `never` fits each of them.
  override query(...args: unknown[]): never {
    const [first, second] = args;
    if (Array.isArray(second)) args[1] = toStorableValues<unknown>(second);
    else if (isConfig(first)) args[0] = { ...first, values: toStorableValues(first.values) };
    return super.query(...(args as unknown as QueryArguments)) as never;
  }
}

// A submittable object of pg, such as a cursor, has a method `submit` and is not copied.
function isConfig(value: unknown): value is QueryConfig & { values: readonly unknown[] } {
  return (
    typeof value === 'object' &&
    value !== null &&
    !('submit' in value) &&
    Array.isArray((value as QueryConfig).values)
  );
}
