import type { ImportOptions, ImportSummary, RepeatedRow } from '@central-index/repositories';
import { SingleBar } from 'cli-progress';
import { open, type FileHandle } from 'node:fs/promises';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { printResult, type OutputOptions } from './output';
import { fileUnreadable } from './cli.errors';
import { exitCodes } from './failure';

/** An import of bytes, which reports to the listeners. */
export type ImportRun = (
  bytes: AsyncIterable<Uint8Array>,
  listeners: Required<Pick<ImportOptions, 'progress' | 'repeated'>>,
) => Promise<ImportSummary>;

const maxRowsShown = 20;
// Of each kind, in the JSON.
const maxRowsListed = 1_000;

/**
 * Streams a file of JSON lines, plain or gzip, into an import, and prints which rows were skipped and why. Exits with 3
 * if rows were invalid. On a terminal, a progress bar is shown.
 */
export async function importFile(file: string, options: OutputOptions, run: ImportRun): Promise<void> {
  const started = performance.now();
  const repeatedRows: RepeatedRow[] = [];
  const repeated = (row: RepeatedRow): void => {
    if (repeatedRows.length < maxRowsListed) repeatedRows.push(row);
  };
  const summary = await stream(file, options, (bytes, progress) => run(bytes, { progress, repeated }));
  const seconds = (performance.now() - started) / 1000;
  const data = {
    ...summary,
    repeated_rows: repeatedRows.map(({ line, path, firstLine }) => ({ line, path, first_line: firstLine })),
    seconds: Number(seconds.toFixed(3)),
  };
  printResult(options, data, describe(summary, repeatedRows, seconds));
  if (summary.invalid > 0) process.exitCode = exitCodes.invalidRows;
}

async function stream(
  file: string,
  options: OutputOptions,
  run: (bytes: AsyncIterable<Uint8Array>, progress: (rows: number) => void) => Promise<ImportSummary>,
): Promise<ImportSummary> {
  const handle = await open(file).catch((error: Error) => {
    throw fileUnreadable(file, error.message);
  });
  const bar = process.stderr.isTTY && !options.json ? newBar() : undefined;
  try {
    const { size } = await handle.stat();
    const source = handle.createReadStream({ start: 0, autoClose: false });
    bar?.start(Math.max(size, 1), 0, { rows: 0 });
    return await run(decompress(file, handle, source), (rows) => bar?.update(source.bytesRead, { rows }));
  } finally {
    bar?.stop();
    await handle.close();
  }
}

/** The bytes of the file, decompressed if it begins like gzip. Throws FILE_UNREADABLE. */
async function* decompress(file: string, handle: FileHandle, source: Readable): AsyncGenerator<Uint8Array> {
  try {
    const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    const isGzip = buffer[0] === 0x1f && buffer[1] === 0x8b;
    // pipeline() passes read errors on to the reader; it only requires a callback.
    const bytes: Readable = isGzip ? pipeline(source, createGunzip(), () => undefined) : source;
    for await (const chunk of bytes) yield chunk as Uint8Array;
  } catch (error) {
    throw fileUnreadable(file, (error as Error).message);
  }
}

function newBar(): SingleBar {
  return new SingleBar({
    format: '{bar} {percentage} % | {rows} rows | {eta_formatted} left',
    hideCursor: true,
    stream: process.stderr,
  });
}

function describe(summary: ImportSummary, repeatedRows: readonly RepeatedRow[], seconds: number): string[] {
  const { rows, added, changed, unchanged, repeated, invalid, errors } = summary;
  const rate = Math.round(rows / Math.max(seconds, 0.001));
  return [
    `${rows} rows in ${seconds.toFixed(1)} s (${rate} per second): ${added} added, ${changed} changed, ${unchanged} unchanged`,
    ...skipped(
      repeated,
      'repeated names were skipped',
      repeatedRows.map(
        ({ line, path, firstLine }) => `line ${line}: ${path} is on line ${firstLine} already`,
      ),
    ),
    ...skipped(
      invalid,
      'invalid rows were skipped',
      errors.map(({ line, reason }) => `line ${line}: ${reason}`),
    ),
  ];
}

function skipped(count: number, what: string, rows: readonly string[]): string[] {
  if (count === 0) return [];
  const more = count - Math.min(rows.length, maxRowsShown);
  return [
    `${count} ${what}:`,
    ...rows.slice(0, maxRowsShown).map((row) => `  ${row}`),
    ...(more > 0 ? [`  … and ${more} more; --json lists up to ${maxRowsListed}`] : []),
  ];
}
