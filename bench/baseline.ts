import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { environmentIn, freePort } from '../test/acceptance/support/environment';
import { BackgroundProcess, processesIn } from '../test/acceptance/support/processes';
import { processorTime } from './stats';
import { load, type Measured } from './tokens/wrk';

/**
 * What two bare Node processes do: sign and answer (`sign`), or answer always the same (`constant`). `cpu` is
 * microseconds of processor time an answer.
 */
export async function bare(
  kind: 'sign' | 'constant',
  outer: string,
  seconds: number,
): Promise<Measured & { cpu: number }> {
  const folder = join(outer, kind);
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
  await load(url, folder, [{ path: '/' }], { seconds: 2 });
  const used = processorTime(processesIn(folder));
  const measured = await load(url, folder, [{ path: '/' }], { seconds });
  const cpu = (processorTime(processesIn(folder)) - used) / (measured.perSecond * seconds);
  await server.stop();
  return { ...measured, cpu };
}
