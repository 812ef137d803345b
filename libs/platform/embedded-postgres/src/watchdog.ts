import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { DataLayout } from './data-layout';
import { pidOf } from '@central-index/platform/process';
import type { Postmaster } from './postmaster';

/** Stops the server if this process dies without a word. */
export interface Watchdog {
  /** Ends the watch: the server has been stopped, or others use it. */
  dismiss(): void;
}

// `read` returns without a line when the pipe breaks, that is when our process is gone, however it ended. Each user
// of the server has a watchdog of its own, so one that sees another user alive leaves the server to that one's. The
// pause lets a kill of everybody at once reach everybody, and gives a new start the time to take over. A server that is
// told to stop while it recovers may never end by itself.
const script = `
trap '' INT TERM HUP
read -r line && exit 0
sleep 2
for user in "$2"/*; do
  pid=\${user##*/}
  kill -0 "\${pid%%-*}" 2>/dev/null && exit 0
done
[ "$(head -n 1 "$3")" = "$1" ] && kill -INT "$1"
sleep 20
[ "$(head -n 1 "$3" 2>/dev/null)" = "$1" ] && kill -QUIT "$1"
`;

/** Starts a watchdog for this process, in a session of its own. */
export function startWatchdog(location: DataLayout, { identity }: Postmaster): Watchdog {
  const pidFile = join(location.data, 'postmaster.pid');
  const child = spawn(
    '/bin/sh',
    ['-c', script, 'central-index-watchdog', String(pidOf(identity)), location.clients, pidFile],
    {
      cwd: '/',
      env: { PATH: '/usr/local/bin:/usr/bin:/bin' },
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    },
  );
  child.unref();
  // A broken pipe here means that somebody killed the watchdog; that must not end us.
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  (child.stdin as unknown as { unref(): void }).unref();
  return { dismiss: () => void child.stdin.end('done\n') };
}
