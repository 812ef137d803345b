import { openEmbedded } from '@central-index/platform/embedded-postgres';
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// Runs the tests against one PostgreSQL server: the one that TEST_DATABASE_URL names, or else an embedded one of its
// own. Arguments choose: `unit` (specs beside the code and architecture), `e2e` (over HTTP), `acceptance` (real
// programs), or parts of file names. No argument means all. Acceptance runs last and one file at a time.

const compiled = join(__dirname, '..');
const kinds: Record<string, RegExp> = {
  unit: /\.spec\.js$/,
  e2e: /\.e2e-spec\.js$/,
  acceptance: /\.acceptance-spec\.js$/,
};

function specs(): string[] {
  return ['apps', 'libs', 'test']
    .flatMap((tree) => walk(join(compiled, tree)))
    .filter((file) => Object.values(kinds).some((kind) => kind.test(file)))
    .sort();
}

function walk(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? walk(join(folder, entry.name)) : [join(folder, entry.name)],
  );
}

function run(files: string[], concurrency: number, databaseUrl: string): Promise<number> {
  if (files.length === 0) return Promise.resolve(0);
  const child = spawn(
    process.execPath,
    // Once its tests are over a file ends, whatever one that failed may still hold open.
    ['--test', '--test-force-exit', '--test-reporter=spec', `--test-concurrency=${concurrency}`, ...files],
    { stdio: 'inherit', env: { ...process.env, TEST_DATABASE_URL: databaseUrl } },
  );
  return new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 1)));
}

async function main(): Promise<number> {
  const asked = process.argv.slice(2);
  const wanted = specs().filter(
    (file) => asked.length === 0 || asked.some((word) => kinds[word]?.test(file) ?? file.includes(word)),
  );
  const acceptance = wanted.filter((file) => kinds.acceptance!.test(file));
  const others = wanted.filter((file) => !acceptance.includes(file));
  const given = process.env.TEST_DATABASE_URL;
  const dataDir = mkdtempSync(join(tmpdir(), 'central-index-test-'));
  // As root PostgreSQL runs as another account, which must be able to walk here.
  chmodSync(dataDir, 0o711);
  const embedded = given ? undefined : await openEmbedded({ dataDir, create: true, log: () => undefined });
  try {
    const url = given ?? embedded!.url;
    const first = await run(others, 2, url);
    const second = await run(acceptance, 1, url);
    return first || second;
  } finally {
    await embedded?.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${String((error as Error).stack)}\n`);
    process.exit(1);
  },
);
