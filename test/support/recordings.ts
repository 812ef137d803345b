import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Traffic recorded from real programs. It is kept beside the repository, not in it, so a checkout alone may not have
 * it: then `missing` says so, and specs pass it to `skip`.
 */
export interface Recording<Line> {
  readonly missing: string | false;
  readonly lines: readonly Line[];
}

/** Reads `../shared/recordings/<file>`, one JSON value a line, seen from the repository's folder. */
export function recording<Line>(file: string): Recording<Line> {
  const path = join(process.cwd(), '..', 'shared', 'recordings', file);
  if (!existsSync(path)) return { missing: `the recording ${file} is not beside the repository`, lines: [] };
  const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean);
  return { missing: false, lines: lines.map((line) => JSON.parse(line) as Line) };
}
