import { Client } from 'pg';

type Submit = (...args: unknown[]) => unknown;

const prototype = Client.prototype as unknown as { query: Submit };

/**
 * The texts of the statements that this process sends to PostgreSQL while `work` runs, in order, without the heartbeats
 * of the change listener. The spec must have stopped whatever else uses the database meanwhile.
 */
export async function statementsDuring(work: () => Promise<unknown>): Promise<string[]> {
  const texts: string[] = [];
  const original = prototype.query;
  prototype.query = function (this: unknown, ...args: unknown[]) {
    const [query] = args as [string | { readonly text?: string }];
    const text = typeof query === 'string' ? query : (query.text ?? '');
    if (!text.includes('pg_notify')) texts.push(text);
    return original.apply(this, args);
  };
  try {
    await work();
  } finally {
    prototype.query = original;
  }
  return texts;
}
