import { parseArgs } from 'node:util';
import { temporaryFolder } from '../test/acceptance/support/environment';
import { chromiumProgram } from '../test/acceptance/support/programs';
import { readme } from '../test/support/pages/page-texts';
import { paints } from './pages/paints';
import { pageSizes } from './pages/sizes';
import { DevData } from './search/dev-data';
import { queriesOf } from './search/queries';
import { realRows, rowsFile } from './search/rows-file';
import { SeededInstance } from './search/seeded-instance';
import { print, runBench } from './stats';
import { runWrk, type WrkResult } from './tokens/wrk';

// Measures pages beside the JSON of the same data, their size, and how fast a browser shows them:
//   npm run bench -- pages [--rows 265048] [--data FOLDER] [--seconds 10]

const connections = 8;
const warmupSeconds = 5;
const turns = 2;
const repositories = 500;

/** A page, at addresses that differ in their data, and the JSON of the same data. */
interface Subject {
  readonly name: string;
  readonly pages: readonly string[];
  /** One request for each that a client without pages would send. */
  readonly json: readonly (readonly string[])[];
}

async function subjectsOf(index: SeededInstance, data: DevData | undefined): Promise<Subject[]> {
  const queries = (data?.queries().map(({ q }) => q) ?? (await queriesOf(index))).map(encodeURIComponent);
  const paths = await index.strings(
    `select path as text from repository where path not like 'library/%' order by md5(path) limit ${repositories}`,
  );
  await index.client.query('update repository set readme = $1 where path = any($2)', [readme, paths]);
  const shelves = ['official=true&sort=pulls', 'official=false&sort=stars', 'sort=pushed'];
  return [
    {
      name: 'search page',
      pages: queries.map((q) => `/search?q=${q}`),
      json: [queries.map((q) => `/api/v1/search?q=${q}&per_page=25`)],
    },
    {
      name: 'repository page',
      pages: paths.map((path) => `/r/${path}`),
      json: [paths.map((path) => `/api/v1/repositories/${path}`)],
    },
    {
      name: 'home page',
      pages: ['/'],
      json: shelves.map((query) => [`/api/v1/search?q=&per_page=6&${query}`]),
    },
  ];
}

/** Measures pages and JSON alternately, because other load on the machine comes and goes within seconds. */
async function compare(
  index: SeededInstance,
  { name, pages, json }: Subject,
  seconds: number,
): Promise<void> {
  const run = (paths: readonly string[], duration = seconds): Promise<WrkResult> =>
    runWrk(
      index.url,
      index.folder,
      paths.map((path) => ({ path })),
      { seconds: duration, connections },
    );
  const both = json.flat();
  for (const paths of [pages, both]) await run(paths, warmupSeconds);
  const results: [page: WrkResult, json: WrkResult][] = [];
  const before = index.processorTimes();
  for (let turn = 0; turn < turns; turn += 1) results.push([await run(pages), await run(both)]);
  const mean = (of: (pair: [WrkResult, WrkResult]) => number): number =>
    results.reduce((sum, pair) => sum + of(pair), 0) / turns;
  const after = index.processorTimes();
  const [page, other] = [mean(([{ perSecond }]) => perSecond), mean(([, { perSecond }]) => perSecond)];
  const failed = results.flat().reduce((sum, result) => sum + result.failed, 0);
  print(
    name,
    `${page.toFixed(0)} per second, p50 ${mean(([{ p50 }]) => p50).toFixed(1)}, p99 ${mean(([{ p99 }]) => p99).toFixed(1)} ms (aim <= 25)${failed > 0 ? ` FAILED ${failed}` : ''}`,
  );
  print(
    `  JSON of the same data${json.length > 1 ? `, in ${json.length} requests` : ''}`,
    `${(other / json.length).toFixed(0)} per second, p99 ${mean(([, { p99 }]) => p99).toFixed(1)} ms`,
  );
  print('  relative to the JSON', `${((page * json.length) / other).toFixed(2)} (aim >= 0.5)`);
  const requests = (page + other) * seconds * turns;
  print(
    '  processor time of the servers per request of both',
    `${((after.servers - before.servers) / requests).toFixed(0)} µs`,
  );
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rows: { type: 'string', default: String(realRows) },
      data: { type: 'string', default: '../shared/data' },
      seconds: { type: 'string', default: '10' },
    },
  });
  const folder = temporaryFolder();
  const data = new DevData(values.data);
  const known = data.exists ? data : undefined;
  const { file, kind } = await rowsFile(folder, Number(values.rows), known);
  const index = await SeededInstance.start(folder);
  await index.fill(file);
  print(`${values.rows} ${kind} repositories, ${connections} connections, two server processes`, '');
  const subjects = await subjectsOf(index, known);
  for (const subject of subjects) await compare(index, subject, Number(values.seconds));
  const addresses = subjects.map(({ name, pages }) => ({ name, address: pages[0]! }));
  await pageSizes(index.url, addresses);
  const { why } = chromiumProgram();
  if (why === undefined) await paints(folder, index.url, addresses);
  else print('in a browser', `SKIPPED: ${why}`);
  await index.stop();
}

runBench(main);
