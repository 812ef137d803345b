import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { DataLayout } from './data-layout';
import { pidOf } from '@central-index/platform/process';
import type { Postmaster } from './postmaster';

/** A process that stops the server if this process dies without closing the database. */
export interface Watchdog {
  /** Ends the watchdog: the server has been stopped, or other processes use it. */
  dismiss(): void;
}

// `read` returns without a line when the pipe breaks, which means that our process has ended, however it ended. Each
// client of the server has a watchdog of its own: one that sees another client alive leaves the server to the watchdog of
// that client. The first pause is for kills of all processes, which do not reach them at the same instant, and gives a
// new start the time to adopt the server. A server that is asked to stop while it recovers may never end by itself,
// hence the SIGQUIT after 20 s. The server is recognised by its start time where the
// system shows that, because the folder of the pid file may have vanished.
const script = `
trap '' INT TERM HUP
read -r line && exit 0
sleep 2
for client in "$2"/*; do
  pid=\${client##*/}
  kill -0 "\${pid%%-*}" 2>/dev/null && exit 0
done
is_server() {
  if [ -r /proc/self/stat ]; then
    stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
    set -- "$1" "$2" \${stat##*) }
    shift 21
    [ "$1" = "$started" ]
  else
    [ "$(head -n 1 "$2" 2>/dev/null)" = "$1" ]
  fi
}
started=$4
is_server "$1" "$3" && kill -INT "$1"
sleep 20
is_server "$1" "$3" && kill -QUIT "$1"
`;

/** Starts a watchdog for this process, in a session of its own. */
export function startWatchdog(layout: DataLayout, { identity }: Postmaster): Watchdog {
  const pid = String(pidOf(identity));
  const startTime = identity.slice(pid.length + 1);
  const pidFile = join(layout.data, 'postmaster.pid');
  const child = spawn(
    '/bin/sh',
    ['-c', script, 'central-index-watchdog', pid, layout.clients, pidFile, startTime],
    {
      cwd: '/',
      env: { PATH: '/usr/local/bin:/usr/bin:/bin' },
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    },
  );
  child.unref();
  // A broken pipe means that the watchdog was killed; that must not end this process.
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  (child.stdin as unknown as { unref(): void }).unref();
  return { dismiss: () => void child.stdin.end('done\n') };
}
