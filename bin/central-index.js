#!/usr/bin/env node
'use strict';
// The command of the package. In a checkout it is built first, if need be. This file is parsed by old releases of Node.js
// too, so that they say what is wrong: it uses nothing newer than ES2015.

// Packages of the product are ES modules, which `require` loads from these releases on.
const isSupported = function (version) {
  const parts = version.split('.').map(Number);
  const major = parts[0];
  const minor = parts[1];
  return (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22;
};

if (!isSupported(process.versions.node)) {
  const needed = 'central-index: needs Node.js 20.19 or newer (of 22, 22.12), and this is ';
  process.stderr.write(needed + process.versions.node + '\n');
  process.exit(1);
}

require('./build.js');
const existsSync = require('node:fs').existsSync;
const join = require('node:path').join;

const program = join(__dirname, '..', 'dist', 'apps', 'cli', 'src', 'main.js');
if (!existsSync(program)) {
  const message = 'this is not built: run `npm ci` with its development dependencies, then `npm run build`';
  process.stderr.write('central-index: ' + message + '\n');
  process.exit(1);
}
require(program);
