import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Returns the identity of a process, which no other process ever has: `<pid>-<start time>`. A pid alone is reused after a
 * crash or a reboot; a file that contains one could then protect, or kill, an unrelated process. Undefined when no such
 * process is running.
 */
export function identify(pid: number): string | undefined {
  const started = process.platform === 'linux' ? startedOnLinux(pid) : startedByPs(pid);
  return started === undefined ? undefined : `${pid}-${started}`;
}

/** The identity of this process. */
export const ownIdentity: string = identify(process.pid) ?? `${process.pid}-0`;

/** Returns the pid in an identity from `identify`; NaN for other text. */
export function pidOf(identity: string): number {
  return /^\d+-\w+$/.test(identity) ? Number.parseInt(identity, 10) : Number.NaN;
}

/** True while exactly that process runs. A zombie does not run. */
export function isAlive(identity: string): boolean {
  const pid = pidOf(identity);
  return Number.isSafeInteger(pid) && pid > 0 && identify(pid) === identity;
}

/** Sends a signal to exactly that process; returns false when it has ended or may not be signalled. */
export function signal(identity: string, name: NodeJS.Signals): boolean {
  if (!isAlive(identity)) return false;
  try {
    return process.kill(pidOf(identity), name);
  } catch {
    return false;
  }
}

/** Waits until the process has ended; returns false when it still runs after `milliseconds`. */
export async function waitForEnd(identity: string, milliseconds: number): Promise<boolean> {
  const deadline = Date.now() + milliseconds;
  while (isAlive(identity)) {
    if (Date.now() >= deadline) return false;
    await sleep(25);
  }
  return true;
}

function startedOnLinux(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in parentheses, which may contain anything: fields are counted from its end.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

function startedByPs(pid: number): string | undefined {
  const { stdout, status } = spawnSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
    encoding: 'utf8',
  });
  const [state = '', ...started] = (stdout ?? '').trim().split(/\s+/);
  return status !== 0 || state.startsWith('Z') ? undefined : started.join('').replace(/\W/g, '');
}
