import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

// `npm run bench -- NAME [ARGUMENTS]` runs one benchmark. README.md in this folder lists them.
const [name = '', ...rest] = process.argv.slice(2);
const file = join(__dirname, `${name}.js`);
if (!/^[\w/-]+$/.test(name) || !existsSync(file)) {
  process.stderr.write(
    'usage: npm run bench -- NAME [ARGUMENTS], for example: npm run bench -- push-to-search\n',
  );
  process.exit(2);
}
process.exit(spawnSync(process.execPath, [file, ...rest], { stdio: 'inherit' }).status ?? 1);
