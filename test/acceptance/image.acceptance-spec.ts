import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { createTestDatabase, testSecretKey, type TestDatabase } from '../support/database';
import { environmentIn, freePort, packageFolder, temporaryFolder } from './support/environment';
import { BackgroundProcess, run, succeeded } from './support/processes';

const dockerfile = readFileSync(join(packageFolder, 'Dockerfile'), 'utf8');

/** The path is not sent to the builder: the patterns of .dockerignore are names at the top, or `**` and an ending. */
function isIgnored(path: string): boolean {
  const patterns = readFileSync(join(packageFolder, '.dockerignore'), 'utf8').split('\n').filter(Boolean);
  return patterns.some((pattern) =>
    pattern.startsWith('**/*')
      ? path.endsWith(pattern.slice('**/*'.length))
      : path === pattern || path.startsWith(`${pattern}/`),
  );
}

function pathsBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory()
      ? pathsBelow(join(folder, entry.name)).map((path) => join(entry.name, path))
      : [entry.name],
  );
}

/** Links the packages that `npm ci --omit=dev` installs. */
function linkProductionPackages(folder: string): void {
  const lock = JSON.parse(readFileSync(join(packageFolder, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean; devOptional?: boolean }>;
  };
  for (const [path, { dev }] of Object.entries(lock.packages)) {
    const isTopLevel = path.startsWith('node_modules/') && path.lastIndexOf('node_modules/') === 0;
    if (!isTopLevel || dev === true || !existsSync(join(packageFolder, path))) continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    symlinkSync(join(packageFolder, path), join(folder, path));
  }
}

describe('the image', () => {
  const home = temporaryFolder();
  const build = join(home, 'build');
  const app = join(home, 'app');
  const bin = join(home, 'bin');
  const children: BackgroundProcess[] = [];
  let database: TestDatabase;

  // What the Dockerfile does, without a container: base images are not at hand everywhere.
  beforeAll(async () => {
    const env = environmentIn(home);
    for (const path of readdirSync(packageFolder).filter((name) => !isIgnored(name))) {
      const filter = (source: string): boolean => !isIgnored(source.slice(packageFolder.length + 1));
      cpSync(join(packageFolder, path), join(build, path), { recursive: true, filter });
    }
    symlinkSync(join(packageFolder, 'node_modules'), join(build, 'node_modules'));
    const options = { env, cwd: build, milliseconds: 300_000 };
    succeeded(await run(process.execPath, ['bin/build.js'], options));
    for (const path of ['bin', 'package.json', 'libs/accounts/data', 'apps/server/src/web/assets', 'dist']) {
      cpSync(join(build, path), join(app, path), { recursive: true });
    }
    linkProductionPackages(app);
    mkdirSync(bin);
    symlinkSync(join(app, 'bin', 'central-index.js'), join(bin, 'central-index'));
    database = await createTestDatabase();
  });
  afterAll(async () => {
    await Promise.all(children.map((child) => child.kill()));
    await database.drop();
  });

  it('has neither tests nor benchmarks nor chaos scenarios', () => {
    // Copied, because Node creates its arrays outside Jest's realm.
    const paths = [...pathsBelow(join(app, 'dist'))];
    assert.ok(paths.includes('apps/server/src/main.js'));
    const unwanted = paths.filter((path) => /^(test|bench|chaos)\/|\.(spec|contract)\./.test(path));
    assert.equal(unwanted.join(), '');
  });

  it('is built on the long-term release of Node.js, and has the command and a health check', () => {
    assert.deepEqual(dockerfile.match(/^FROM \S+/gm), ['FROM node:24-slim', 'FROM node:24-slim']);
    assert.match(dockerfile, /ln -s \/app\/bin\/central-index\.js \/usr\/local\/bin\/central-index/);
    assert.match(dockerfile, /^HEALTHCHECK .*CMD \["node", "bin\/health\.js"\]$/m);
    assert.match(dockerfile, /^USER node$/m);
    for (const [, path] of dockerfile.matchAll(/^COPY (?:--from=build \/app\/)?(\S+) \.\/\S+$/gm)) {
      assert.ok(existsSync(join(app, path!)), `${path} is copied into the image`);
    }
  });

  it('runs server and worker with production packages only, and their health check passes', async () => {
    const port = await freePort();
    const env = environmentIn(home, {
      PATH: [bin, dirname(process.execPath), process.env.PATH].join(delimiter),
      NODE_ENV: 'production',
      DATABASE_URL: database.url,
      SECRET_KEY: testSecretKey,
      PORT: String(port),
      SERVER_PROCESSES: '1',
      WORKER_HEALTH_FILE: join(home, 'worker'),
    });
    for (const role of ['server', 'worker']) {
      const check = () => run(process.execPath, ['bin/health.js', role], { env, cwd: app });
      assert.equal((await check()).code, 1, `no ${role} runs yet`);
      const log = join(home, `${role}.log`);
      const child = new BackgroundProcess(role, join(bin, 'central-index'), [role], { env, log });
      children.push(child);
      await child.ready(async () => (await check()).code === 0, 180_000);
    }
  });
});
