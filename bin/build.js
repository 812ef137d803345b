#!/usr/bin/env node
'use strict';
// Builds the sources that changed since the last build. Where no compiler is installed, as in an image, it does nothing.

const { spawnSync } = require('node:child_process');
const { existsSync, readdirSync, readFileSync, statSync } = require('node:fs');
const { join } = require('node:path');

const root = join(__dirname, '..');
const settings = ['tsconfig.json', 'package-lock.json', 'bin/compile.js'];

// An image has neither sources nor compiler.
function canBuild() {
  if (!existsSync(join(root, 'tsconfig.json'))) return false;
  try {
    require.resolve('typescript');
    return true;
  } catch {
    return false;
  }
}

// Every command runs this, so it compares times only: loading the compiler takes longer than most commands do. A folder
// changes when a file in it is added or removed.
function isNewer(folder, time) {
  if (statSync(folder).mtimeMs > time) return true;
  return readdirSync(folder, { withFileTypes: true }).some((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return isNewer(path, time);
    return /\.tsx?$/.test(entry.name) && statSync(path).mtimeMs > time;
  });
}

function isStale() {
  const buildInfo = statSync(join(root, 'dist', '.tsbuildinfo'), { throwIfNoEntry: false });
  if (buildInfo === undefined) return true;
  if (settings.some((name) => statSync(join(root, name)).mtimeMs > buildInfo.mtimeMs)) return true;
  const { include } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8'));
  return include
    .map((name) => join(root, name))
    .some((path) => existsSync(path) && isNewer(path, buildInfo.mtimeMs));
}

if (canBuild() && isStale()) {
  // Said before the compiler is loaded, which takes a second by itself.
  const first = !existsSync(join(root, 'dist', '.tsbuildinfo'));
  process.stderr.write(
    `central-index: ${first ? 'building for the first time, which takes about half a minute' : 'building what changed'} …\n`,
  );
  // In a process of its own: a command that runs for days must not keep the compiler in its memory. Standard output
  // belongs to the command.
  const { status } = spawnSync(process.execPath, [join(__dirname, 'compile.js')], {
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) {
    process.stderr.write('central-index: the build failed, see above\n');
    process.exit(1);
  }
}
