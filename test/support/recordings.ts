import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '@central-index/platform/config';

const folder = join(packageRoot, '..', 'shared', 'recordings');

/** Recorded traffic of real programs, one JSON value a line; `missing` says why there is none on this machine. */
export function recording<T>(name: string): { lines: T[]; missing: string | false } {
  const file = join(folder, name);
  if (!existsSync(file)) return { lines: [], missing: `no recording ${name} beside the repository` };
  const text = readFileSync(file, 'utf8').trim();
  return { lines: text.split('\n').map((line) => JSON.parse(line) as T), missing: false };
}
