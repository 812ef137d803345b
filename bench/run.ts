import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

// `npm run bench -- NAME [ARGUMENTS]` runs the bench of that name; README.md beside this file lists them.
const [name = '', ...rest] = process.argv.slice(2);
const file = join(__dirname, `${name}.js`);
if (!/^[\w/-]+$/.test(name) || !existsSync(file)) {
  process.stderr.write('name a bench, such as: npm run bench -- main-job\n');
  process.exit(2);
}
process.exit(spawnSync(process.execPath, [file, ...rest], { stdio: 'inherit' }).status ?? 1);
