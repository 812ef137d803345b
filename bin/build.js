#!/usr/bin/env node
'use strict';
// Builds the sources that changed since the last build. Where no compiler is installed, as in an image, it does nothing.

const { spawnSync } = require('node:child_process');
const { join } = require('node:path');

function hasCompiler() {
  try {
    require.resolve('typescript');
    return true;
  } catch {
    return false;
  }
}

if (hasCompiler()) {
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
