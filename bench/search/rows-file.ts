import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import type { DevData } from './dev-data';
import { commonWords } from './queries';
import { syntheticRows, syntheticWords } from './synthetic-rows';

/** Number of real repositories in the development data. */
export const realRows = 265_048;

/** A file to import, and whether its repositories are real. */
export interface RowsFile {
  readonly file: string;
  readonly kind: 'real' | 'synthetic';
}

/** The real repositories where they are this many; otherwise synthetic ones, of real words where there are some. */
export async function rowsFile(folder: string, rows: number, data: DevData | undefined): Promise<RowsFile> {
  if (data !== undefined && rows === realRows) return { file: data.repositories, kind: 'real' };
  const file = join(folder, 'rows.jsonl');
  const words = data === undefined ? syntheticWords(60_000) : await commonWords(data);
  const out = createWriteStream(file);
  for (const row of syntheticRows(rows, words)) {
    if (!out.write(`${JSON.stringify(row)}\n`)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'close');
  return { file, kind: 'synthetic' };
}
