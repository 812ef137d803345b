import type { ImportSummary } from '@central-index/repositories';
import { SingleBar } from 'cli-progress';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { answer, type AnswerOptions } from './answer';
import { fileUnreadable } from './cli.errors';

/** Where imported bytes go; `progress` is told the rows done so far. */
export type ImportRun = (
  bytes: AsyncIterable<Uint8Array>,
  progress: (rows: number) => void,
) => Promise<ImportSummary>;

// More than this is read in the answer of --json, or not at all.
const faultsShown = 20;

/** Streams a file of JSON lines, plain or gzip, into an import, and shows how far it is on a terminal. */
export async function importFile(file: string, options: AnswerOptions, run: ImportRun): Promise<void> {
  const started = performance.now();
  const summary = await streamed(file, options, run);
  const seconds = (performance.now() - started) / 1000;
  answer(options, { ...summary, seconds: Number(seconds.toFixed(3)) }, describe(summary, seconds));
}

async function streamed(file: string, options: AnswerOptions, run: ImportRun): Promise<ImportSummary> {
  const handle = await open(file).catch((error: Error) => {
    throw fileUnreadable(file, error.message);
  });
  const bar = process.stderr.isTTY && !options.json ? newBar() : undefined;
  try {
    const { size } = await handle.stat();
    const source = handle.createReadStream({ autoClose: false });
    let read = 0;
    source.on('data', (chunk) => (read += chunk.length));
    bar?.start(Math.max(size, 1), 0, { rows: 0 });
    return await run(readable(file, source), (rows) => bar?.update(read, { rows }));
  } finally {
    bar?.stop();
    await handle.close();
  }
}

/** The bytes of the file, unpacked if it is gzip whatever its name says; failures name the file. */
async function* readable(file: string, source: Readable): AsyncGenerator<Uint8Array> {
  let unpacked: Readable | undefined;
  try {
    const chunks = source.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Buffer>;
    const first = await chunks.next();
    if (first.done) return;
    const isGzip = first.value[0] === 0x1f && first.value[1] === 0x8b;
    source.unshift(first.value);
    unpacked = isGzip ? source.pipe(createGunzip()) : source;
    source.on('error', (error) => unpacked?.destroy(error));
    yield* unpacked as AsyncIterable<Buffer>;
  } catch (error) {
    throw fileUnreadable(file, (error as Error).message);
  } finally {
    unpacked?.destroy();
  }
}

function newBar(): SingleBar {
  return new SingleBar({
    format: '{bar} {percentage} % | {rows} rows | {eta_formatted} left',
    hideCursor: true,
    stream: process.stderr,
  });
}

function describe(summary: ImportSummary, seconds: number): string[] {
  const { rows, added, changed, unchanged, repeated, invalid, faults } = summary;
  const rate = Math.round(rows / Math.max(seconds, 0.001));
  return [
    `${rows} rows in ${seconds.toFixed(1)} s (${rate} a second): ${added} added, ${changed} changed, ${unchanged} as they were`,
    ...(repeated > 0 ? [`${repeated} repeated names were left out`] : []),
    ...(invalid > 0 ? [`${invalid} invalid rows were left out:`] : []),
    ...faults.slice(0, faultsShown).map(({ line, reason }) => `  line ${line}: ${reason}`),
    ...(invalid > faultsShown
      ? [`  … and ${invalid - faultsShown} more; --json lists up to a thousand`]
      : []),
  ];
}
