import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from '@jest/globals';

/** The folders of the product from which the files of these programs come. */
function foldersOf(...files: string[]): string[] {
  const paths = files.map((file) => join(__dirname, '..', `${file}.js`));
  const script = `
    require('reflect-metadata');
    for (const path of ${JSON.stringify(paths)}) require(path);
    console.log(Object.keys(require.cache).join('\\n'));`;
  const loaded = execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' }).split('\n');
  return [
    ...new Set(loaded.flatMap((path) => /\/dist\/libs\/(platform\/[^/]+|[^/]+)\//.exec(path)?.[1] ?? [])),
  ];
}

// A supervisor runs for days beside its children, and what it loads once stays in its memory.
test('supervisors load the platform only, not the libraries of the domain', () => {
  const folders = foldersOf('program-frame', 'commands/role.commands');
  assert.ok(folders.includes('platform/embedded-postgres'), String(folders));
  assert.deepEqual(
    folders.filter((folder) => !folder.startsWith('platform/')),
    [],
  );
  assert.ok(foldersOf('program').includes('tokens'), 'the other commands load them');
});
