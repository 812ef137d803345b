import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, it } from '@jest/globals';
import { migrate } from '@central-index/platform/database';
import { openEmbedded, type EmbeddedDatabase } from '@central-index/platform/embedded-postgres';
import { Client } from 'pg';
import { migrations } from '../../migrations';
import { readContents, type Contents } from '../migrations/contents';
import { testSecretKey } from '../support/database';
import { IndexUnderTest } from '../support/index-under-test';
import { register } from '../support/token-fixtures';
import { describeWithReal } from './support/describe-with-real';
import { environmentIn, packageFolder, temporaryFolder } from './support/environment';
import { run, succeeded } from './support/processes';
import { pathOf, postgresProgram } from './support/programs';

/** The commands of a section of the README, as its reader pastes them. */
function commandsOf(heading: string): string[] {
  const readme = readFileSync(join(packageFolder, 'README.md'), 'utf8');
  const section = readme.split(new RegExp(`^### ${heading}$`, 'm'))[1]!.split(/^#/m)[0]!;
  return [...section.matchAll(/```sh\n([^]*?)```/g)].map(([, commands]) => commands!);
}

describeWithReal('backup and restore as the README says', [postgresProgram('pg_dump')], () => {
  const home = temporaryFolder();
  let server: EmbeddedDatabase;
  let urls: { original: string; restored: string; copied: string };
  let index: IndexUnderTest;
  let kids: string[];

  // A server of the same version as pg_dump.
  beforeAll(async () => {
    const binDir = dirname(realpathSync(pathOf(postgresProgram('pg_dump'))));
    server = await openEmbedded({ dataDir: join(home, 'data'), binDir, create: true, log: () => undefined });
    urls = {
      original: server.url,
      restored: await createDatabase('restored'),
      copied: await createDatabase('copied'),
    };
    await migrate(urls.original, migrations, testSecretKey);
    index = await indexOn(urls.original);
    await index.signUp('alice');
    await register(index, { name: 'reg', url: 'http://localhost:23392' });
    kids = await publishedKeys(index);
    await index.stop();
  });
  afterAll(() => server.close());

  async function createDatabase(name: string): Promise<string> {
    const client = new Client({ connectionString: server.url });
    await client.connect();
    await client.query(`create database ${name}`);
    await client.end();
    return server.url.replace(/[^/]+$/, name);
  }
  const indexOn = (url: string): Promise<IndexUnderTest> =>
    IndexUnderTest.start({}, { url, drop: () => Promise.resolve() });
  const publishedKeys = async (one: IndexUnderTest): Promise<string[]> => {
    const { json } = await one.anonymous.get('/.well-known/jwks.json');
    return (json.keys as { kid: string }[]).map(({ kid }) => kid).sort();
  };
  async function contentsOf(url: string): Promise<Contents> {
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      return await readContents(client);
    } finally {
      await client.end();
    }
  }
  const runShell = async (commands: string, newUrl: string): Promise<void> => {
    const bin = join(home, 'bin');
    mkdirSync(bin, { recursive: true });
    // `npx central-index` of the package, in whatever folder the commands run.
    writeFileSync(
      join(bin, 'npx'),
      `#!/bin/sh\nshift\nexec ${process.execPath} ${join(packageFolder, 'bin', 'central-index.js')} "$@"\n`,
    );
    chmodSync(join(bin, 'npx'), 0o755);
    const pgBin = dirname(realpathSync(pathOf(postgresProgram('pg_dump'))));
    const env = environmentIn(home, {
      PATH: [bin, pgBin, dirname(process.execPath), process.env.PATH].join(delimiter),
      DATABASE_URL: urls.original,
      SECRET_KEY: testSecretKey,
      NEW_DATABASE_URL: newUrl,
    });
    succeeded(await run('/bin/sh', ['-euc', commands], { env, cwd: home, milliseconds: 300_000 }));
  };

  it('takes four commands, after which the index runs with the same accounts and keys', async () => {
    const [commands] = commandsOf('Back up and restore');
    assert.equal(commands!.trim().split('\n').length, 4);
    const before = await contentsOf(urls.original);
    // DATABASE_URL and SECRET_KEY_FILE of the last command replace those of the environment.
    await runShell(`${commands!.replace('npx', 'env -u SECRET_KEY npx')}`, urls.restored);
    assert.equal(statSync(join(home, 'index.key')).mode & 0o777, 0o600);
    assert.deepEqual(await contentsOf(urls.restored), before);
    const restored = await indexOn(urls.restored);
    const alice = restored.anonymous.basic('alice', 'a long password of alice');
    const { status, json } = await alice.get('/token?service=reg&scope=repository:alice/app:push');
    assert.deepEqual([status, typeof json.token], [200, 'string']);
    assert.deepEqual(await publishedKeys(restored), kids);
    await restored.stop();
  });

  it('copies the embedded database to a server', async () => {
    const [, command] = commandsOf('Back up and restore');
    const before = await contentsOf(urls.original);
    await runShell(command!, urls.copied);
    assert.deepEqual(await contentsOf(urls.copied), before);
  });
});
