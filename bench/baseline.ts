import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { environmentIn, freePort } from '../test/acceptance/support/environment';
import { BackgroundProcess, processesIn } from '../test/acceptance/support/processes';
import { processorTime } from './stats';
import { runWrk, type WrkResult } from './tokens/wrk';

/** What a baseline server achieves. */
export interface BaselineResult extends WrkResult {
  /** Microseconds of processor time per response. */
  readonly cpu: number;
}

/**
 * Measures two Node processes that do nothing but sign and send a token (`sign`), or send a constant (`constant`).
 * `parent` is a folder in which this creates one.
 */
export async function measureBaseline(
  kind: 'sign' | 'constant',
  parent: string,
  seconds: number,
): Promise<BaselineResult> {
  const folder = join(parent, kind);
  mkdirSync(folder);
  const port = await freePort();
  const server = new BackgroundProcess(
    kind,
    process.execPath,
    [join(__dirname, 'tokens/baseline-server.js'), String(port), kind],
    { env: environmentIn(folder), log: join(folder, `${kind}.log`) },
  );
  const url = `http://127.0.0.1:${port}`;
  await server.ready(async () => (await fetch(url)).ok);
  await runWrk(url, folder, [{ path: '/' }], { seconds: 2 });
  const before = processorTime(processesIn(folder));
  const result = await runWrk(url, folder, [{ path: '/' }], { seconds });
  const cpu = (processorTime(processesIn(folder)) - before) / (result.perSecond * seconds);
  await server.stop();
  return { ...result, cpu };
}
