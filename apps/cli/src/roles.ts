import { join } from 'node:path';

/** Programs that run as children of `start`, `server` and `worker`. */
export type Role = 'server' | 'worker';

/** The built program of a role. The command line starts it as a process; it never imports it. */
export function programOf(role: Role): string {
  return join(__dirname, '..', '..', role, 'src', 'main.js');
}
