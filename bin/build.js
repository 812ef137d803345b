#!/usr/bin/env node
'use strict';
// Builds what is not built, or was before a source changed; several processes may call it at the same time. Without a compiler,
// as in an image, it does nothing.

const { spawnSync } = require('node:child_process');
const {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} = require('node:fs');
const { join } = require('node:path');

const root = join(__dirname, '..');
const stamp = join(root, 'dist', '.built');
const building = join(root, 'dist', '.building');
const folders = ['apps', 'libs', 'migrations', 'test', 'bench', 'chaos'];

function newestChange(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .reduce((newest, entry) => Math.max(newest, statSync(join(entry.parentPath, entry.name)).mtimeMs), 0);
}

function isStale() {
  if (!existsSync(stamp)) return true;
  const built = statSync(stamp).mtimeMs;
  const sources = folders.map((name) => join(root, name)).filter(existsSync);
  const settings = ['tsconfig.json', 'nest-cli.json'].map((name) => statSync(join(root, name)).mtimeMs);
  return Math.max(...settings, ...sources.map(newestChange)) > built;
}

function compiler() {
  try {
    require.resolve('typescript');
    return require.resolve('@nestjs/cli/bin/nest.js');
  } catch {
    return undefined;
  }
}

function fail(message) {
  process.stderr.write(`central-index: ${message}\n`);
  process.exit(1);
}

// True when this process is the one to build; waits while another one does.
function mayBuild() {
  mkdirSync(join(root, 'dist'), { recursive: true });
  for (;;) {
    try {
      writeFileSync(building, String(process.pid), { flag: 'wx' });
      return true;
    } catch (error) {
      if (error.code !== 'EEXIST') return fail(`cannot build: ${error.message}`);
    }
    try {
      const builder = Number(readFileSync(building, 'utf8'));
      if (builder > 0) process.kill(builder, 0);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    } catch {
      rmSync(building, { force: true });
    }
    if (!isStale()) return false;
  }
}

function build(nest) {
  if (!mayBuild()) return;
  try {
    const begun = new Date();
    // Standard output belongs to the answer of the command.
    const { status } = spawnSync(process.execPath, [nest, 'build'], { cwd: root, stdio: ['ignore', 2, 2] });
    if (status !== 0) {
      rmSync(building, { force: true });
      fail('the build failed, see above');
    }
    writeFileSync(stamp, '');
    // The time at which the build began: a source saved meanwhile may not be in it.
    utimesSync(stamp, begun, begun);
  } finally {
    rmSync(building, { force: true });
  }
}

const nest = compiler();
if (nest !== undefined && isStale()) build(nest);
