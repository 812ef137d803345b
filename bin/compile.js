'use strict';
// What `tsc --build` does, through the API of TypeScript, because the path aliases of tsconfig.json must be replaced in
// what is emitted: Node.js does not know them. Several processes may run this at the same time; one of them builds.
// `build.js` runs it when a source is newer than the last build.

const { existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } = require('node:fs');
const { dirname, join, relative } = require('node:path');
const ts = require('typescript');

const root = join(__dirname, '..');
const outDir = join(root, 'dist');
const buildInfo = join(outDir, '.tsbuildinfo');
const lock = join(outDir, '.building');
const lockPollMs = 100;

// `@central-index/x` to the folder that holds it, in the order of tsconfig.json: the most specific pattern comes first.
const aliases = Object.entries(
  ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile).config.compilerOptions.paths,
).map(([pattern, [target]]) => {
  const [before, after] = pattern.split('*');
  return { before, after, target };
});

function resolveAlias(specifier, folder) {
  for (const { before, after, target } of aliases) {
    if (!specifier.startsWith(before) || !specifier.endsWith(after)) continue;
    const name = specifier.slice(before.length, specifier.length - after.length);
    const path = relative(folder, join(outDir, target.replace('*', name)));
    return path.startsWith('.') ? path : `./${path}`;
  }
  return specifier;
}

function writeFile(path, text, ...rest) {
  const folder = dirname(path);
  const resolved = path.endsWith('.js')
    ? text.replace(
        /\b(require|import)\("(@[^"]+)"\)/g,
        (_, load, specifier) => `${load}("${resolveAlias(specifier, folder)}")`,
      )
    : text;
  ts.sys.writeFile(path, resolved, ...rest);
}

function report(diagnostic) {
  const host = {
    getCanonicalFileName: (name) => name,
    getCurrentDirectory: () => root,
    getNewLine: () => '\n',
  };
  const format = process.stderr.isTTY ? ts.formatDiagnosticsWithColorAndContext : ts.formatDiagnostics;
  process.stderr.write(format([diagnostic], host));
}

function createBuilder() {
  const host = ts.createSolutionBuilderHost(ts.sys, undefined, report, () => undefined);
  return ts.createSolutionBuilder(host, [root], {});
}

// A lock whose holder has died is replaced. Waiting blocks: there is nothing else to do.
function acquireLock() {
  mkdirSync(outDir, { recursive: true });
  let waits = false;
  for (;;) {
    try {
      return writeFileSync(lock, String(process.pid), { flag: 'wx' });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    try {
      const holder = Number(readFileSync(lock, 'utf8'));
      if (holder > 0) process.kill(holder, 0);
      if (!waits) process.stderr.write(`central-index: waiting for process ${holder}, which is building …\n`);
      waits = true;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, lockPollMs);
    } catch {
      rmSync(lock, { force: true });
    }
  }
}

acquireLock();
try {
  const begun = new Date();
  // Checks what really changed: the process that held the lock may have built the same, and a file may be newer but equal.
  process.exitCode = createBuilder().build(undefined, undefined, writeFile);
  // The time at which the build began: a source that was saved meanwhile is compared with what was built. After errors
  // the next command compiles again, and reports them again.
  const time = process.exitCode === 0 ? begun : new Date(0);
  if (existsSync(buildInfo)) utimesSync(buildInfo, time, time);
} finally {
  rmSync(lock, { force: true });
}
