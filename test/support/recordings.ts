import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Traffic recorded from real programs. Recordings are stored next to the repository, not in it: when a checkout has
 * none, `missing` is the reason for which specs skip.
 */
export interface Recording<Line> {
  readonly missing: string | false;
  readonly lines: readonly Line[];
}

/** Reads `../shared/recordings/<file>`, relative to the repository: one JSON value per line. */
export function recording<Line>(file: string): Recording<Line> {
  const path = join(process.cwd(), '..', 'shared', 'recordings', file);
  if (!existsSync(path)) return { missing: `the recording ${file} is not next to the repository`, lines: [] };
  const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean);
  return { missing: false, lines: lines.map((line) => JSON.parse(line) as Line) };
}
