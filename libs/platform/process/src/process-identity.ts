import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Names a process for good: `<pid>-<start time>`. A pid alone is given again after a crash or a reboot, and a file
 * that holds one would then protect, or kill, a stranger. Undefined when no such process is running.
 */
export function identify(pid: number): string | undefined {
  const started = process.platform === 'linux' ? startedOnLinux(pid) : startedByPs(pid);
  return started === undefined ? undefined : `${pid}-${started}`;
}

/** The name of this process. */
export const ownIdentity: string = identify(process.pid) ?? `${process.pid}-0`;

/** The pid in a name made by `identify`; NaN for anything else. */
export function pidOf(identity: string): number {
  return /^\d+-\w+$/.test(identity) ? Number.parseInt(identity, 10) : Number.NaN;
}

/** True while exactly that process runs; a zombie does not. */
export function isAlive(identity: string): boolean {
  const pid = pidOf(identity);
  return Number.isSafeInteger(pid) && pid > 0 && identify(pid) === identity;
}

/** Sends a signal to that process and no other; false when it is gone or may not be signalled. */
export function signal(identity: string, name: NodeJS.Signals): boolean {
  if (!isAlive(identity)) return false;
  try {
    return process.kill(pidOf(identity), name);
  } catch {
    return false;
  }
}

/** Waits until the process is gone; false when it is still there after `milliseconds`. */
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
    // The second field is the program's name in parentheses and may hold anything, so count from its end.
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
