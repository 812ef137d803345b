#!/usr/bin/env node
'use strict';
// The command of the package. In a checkout it is built first, if need be.

require('./build.js');
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const program = join(__dirname, '..', 'dist', 'apps', 'cli', 'src', 'main.js');
if (!existsSync(program)) {
  process.stderr.write(
    'central-index: this is not built: run `npm ci` with its development dependencies, then `npm run build`\n',
  );
  process.exit(1);
}
require(program);
