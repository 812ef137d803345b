import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { SetupStatus } from './setup-status';

/** What `start` learns from the preparation of its database. */
export interface Prepared {
  /** The migrations that ran. */
  readonly ran: readonly string[];
  readonly status: SetupStatus;
}

/** The message of the process to its supervisor: the result, or the text of the error for the operator. */
export type PreparationResult = { readonly prepared: Prepared } | { readonly failure: string };

/** A process that loads its modules while the database starts, and then waits for the URL. */
export interface Preparation {
  /** Migrates the database, and makes sure that the secret key is there and is the right one. */
  run(url: string): Promise<Prepared>;
  /** Ends the process if it was not needed. */
  release(): void;
}

/**
 * Starts the process that prepares a database for `start`. It is a process of its own because it loads migrations,
 * entities and libraries, which the supervisor would keep in its memory for as long as it runs.
 */
export function startPreparation(): Preparation {
  const child = fork(join(__dirname, 'main.js'), [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const result = new Promise<PreparationResult>((resolve) => {
    child.once('message', (message) => resolve(message as PreparationResult));
    child.once('error', (error) => resolve({ failure: error.message }));
    child.once('exit', (code, signal) =>
      resolve({ failure: `the preparation of the database ended (${signal ?? `exit code ${code}`})` }),
    );
  });
  return {
    run: async (url) => {
      child.send({ url }, () => undefined);
      const outcome = await result;
      if ('failure' in outcome) throw new Error(outcome.failure);
      return outcome.prepared;
    },
    release: () => {
      if (child.connected) child.disconnect();
    },
  };
}
