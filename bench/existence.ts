import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openEmbedded } from '@central-index/platform/embedded-postgres';
import { Client } from 'pg';
import { Api, basic } from '../test/acceptance/support/api';
import { temporaryFolder } from '../test/acceptance/support/environment';
import { Product } from '../test/acceptance/support/product';
import { succeeded } from '../test/acceptance/support/processes';
import { areaUnderCurve, print, quantile, runBench, timed } from './stats';

// Checks whether the time of a refusal reveals that a private repository exists: one with 2,000 tags against names that
// are absent, for each route under a repository, as an anonymous client and as another account; and for tokens, whose
// facts are cached, private repositories that their owner has just pulled, each asked for the first and the second time.
// Requests alternate. Argument: requests of each row and kind (300).

const perRow = Number(process.argv[2] ?? '300');
const warmUp = 20;
const tags = 2_000;
const [owner, other] = ['alice', 'mallory'].map((name) => ({
  name,
  password: `tulips in the rain of ${name}`,
}));

const callers: readonly [name: string, authorization: string | undefined][] = [
  ['anonymous', undefined],
  ['another account', basic(other!)],
];

type Row = readonly [name: string, method: string, path: (name: string) => string, body?: object];
const under = (rest: string) => (name: string) => `/api/v1/repositories/${name}${rest}`;
const rows: readonly Row[] = [
  ['repository', 'GET', under('')],
  ['changing it', 'PATCH', under(''), { description: 'x' }],
  ['deleting it', 'DELETE', under('')],
  ['tags', 'GET', under('/tags')],
  ['tag', 'GET', under('/tags/v1')],
  ['referrers of a tag', 'GET', under('/tags/v1/referrers')],
  ['history of a tag', 'GET', under('/tags/v1/history')],
  ['deleting a tag', 'DELETE', under('/tags/v1')],
  ['pulls', 'GET', under('/pulls')],
  ['star', 'PUT', under('/star')],
  ['stargazers', 'GET', under('/stargazers')],
  ['page', 'GET', (name) => `/r/${name}`],
  ['page of its tags', 'GET', (name) => `/r/${name}/tags`],
  ['v1 image list', 'GET', (name) => `/v1/repositories/${name}/images`],
];

const fill = `
  with filled as (
    insert into manifest (repository_id, digest, media_type, size, platforms)
      select repository.id, 'sha256:' || lpad(to_hex(n), 64, '0'), 'application/vnd.oci.image.manifest.v1+json', n, '[]'
        from repository, generate_series(1, ${tags}) n returning repository_id, digest, size)
  insert into tag (repository_id, name, digest, pushed_at) select repository_id, 'v' || size, digest, now() from filled`;

// Private repositories for the rows of tokens, of each caller and action.
const fillNames = `
  insert into repository (namespace_id, path, name, state, visibility, registry_id, registry_path, pushed_at)
    select namespace.id, 'alice/' || given.name, given.name, 'active', 'private', registry.id, 'alice/' || given.name, now()
      from namespace, registry,
           (select format('hidden-%s-%s-%s', caller, what, n) as name
              from generate_series(0, 1) caller, unnest(array['pull', 'push']) what, generate_series(0, $1::int) n) given
     where namespace.name = 'alice'`;

/** Requests for names of private repositories and of absent ones, by number. */
interface Comparison {
  readonly send: (name: string) => Promise<number>;
  readonly hidden: (n: number) => string;
  readonly absent: (n: number) => string;
}

async function main(): Promise<void> {
  const folder = temporaryFolder();
  for (const name of ['database', 'index']) mkdirSync(join(folder, name));
  const database = await openEmbedded({
    dataDir: join(folder, 'database'),
    create: true,
    log: () => undefined,
  });
  const index = await Product.start(join(folder, 'index'), {
    DATABASE_URL: database.url,
    SECRET_KEY: 'k7Qw2Zr9Xb4Nf6Tj1Vm8Hc3Ld5Ps0GyA',
    SERVER_PROCESSES: '1',
    RATE_LIMITS: 'off',
  });
  succeeded(await index.command(['registry', 'add', 'main', '--url', 'http://localhost:24199']));
  for (const account of [owner!, other!]) await new Api(index.url).signUp(account);
  await new Api(index.url, owner).createRepository(owner!.name, { name: 'hidden', visibility: 'private' });
  const client = new Client({ connectionString: database.url });
  await client.connect();
  await client.query(fill);
  await client.query(fillNames, [perRow + warmUp]);
  await client.query('analyze');
  await client.end();

  const measure = async (label: string, { send, hidden, absent }: Comparison): Promise<void> => {
    const statuses = new Set<number>();
    const milliseconds = { hidden: [] as number[], absent: [] as number[] };
    for (let n = -warmUp; n < perRow; n += 1) {
      for (const kind of n % 2 === 0 ? (['hidden', 'absent'] as const) : (['absent', 'hidden'] as const)) {
        const name = kind === 'hidden' ? hidden(n + warmUp) : absent(n + warmUp);
        const ms = await timed(async () => statuses.add(await send(name)));
        if (n >= 0) milliseconds[kind].push(ms);
      }
    }
    const area = areaUnderCurve(milliseconds.hidden, milliseconds.absent).toFixed(3);
    const medians = [milliseconds.hidden, milliseconds.absent].map((ms) => quantile(ms, 0.5).toFixed(2));
    const rest = `median ${medians.join(', ')} ms; status ${[...statuses].join(', ')}`;
    print(label, `area under the curve ${area} (aim 0.45 to 0.55); ${rest}`);
  };
  const request = async (
    method: string,
    path: string,
    { authorization, body }: { authorization?: string; body?: object } = {},
  ): Promise<number> => {
    const headers = {
      ...(authorization !== undefined && { authorization }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    };
    const text = body === undefined ? undefined : JSON.stringify(body);
    const response = await fetch(index.url + path, { method, redirect: 'manual', headers, body: text });
    await response.text();
    return response.status;
  };

  for (const [at, [caller, authorization]] of callers.entries()) {
    for (const [name, method, path, body] of rows) {
      await measure(`${caller}: ${name}`, {
        send: (repository) => request(method, path(repository), { authorization, body }),
        hidden: () => 'alice/hidden',
        absent: (n) => `alice/absent${n}`,
      });
    }
    for (const [what, actions] of [
      ['pull', 'pull'],
      ['push', 'pull,push'],
    ] as const) {
      const prefix = `${at}-${what}-`;
      const tokenPath = (name: string): string => `/token?service=main&scope=repository:${name}:${actions}`;
      for (let n = 0; n < perRow + warmUp; n += 1) {
        await request('GET', tokenPath(`alice/hidden-${prefix}${n}`), { authorization: basic(owner!) });
      }
      for (const time of ['first', 'second']) {
        await measure(`${caller}: token to ${what}, asked for the ${time} time`, {
          send: (name) => request('GET', tokenPath(name), { authorization }),
          hidden: (n) => `alice/hidden-${prefix}${n}`,
          absent: (n) => `alice/absent-${prefix}${n}`,
        });
      }
    }
  }
  await index.stop();
  await database.close();
}

runBench(main);
