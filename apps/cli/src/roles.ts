import { join } from 'node:path';

/** Programs that the commands `start`, `server` and `worker` run as child processes. */
export type Role = 'server' | 'worker';

/** The path of a role's compiled program, which is run as a process and never imported. */
export function programOf(role: Role): string {
  return join(__dirname, '..', '..', role, 'src', 'main.js');
}
