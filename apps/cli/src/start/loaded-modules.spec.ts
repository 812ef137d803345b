import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it, test } from '@jest/globals';
import { createTestDatabase, testSecretKey, type TestDatabase } from '../../../../test/support/database';

const pathOf = (file: string): string => join(__dirname, '..', `${file}.js`);

/** The lines that a script prints in a process of its own. */
function run(script: string): string[] {
  const output = execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' });
  return output.split('\n').filter(Boolean);
}

/** The folders of the product from which the files of these programs come. */
function foldersOf(...files: string[]): string[] {
  const loaded = run(`
    require('reflect-metadata');
    for (const path of ${JSON.stringify(files.map(pathOf))}) require(path);
    console.log(Object.keys(require.cache).join('\\n'));`);
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

// The duration of a start is mostly that of loading modules, in whichever process.
describe('the preparation of a database that is current', () => {
  let database: TestDatabase;
  beforeAll(async () => (database = await createTestDatabase()));
  afterAll(() => database?.drop());

  /** What a supervisor does besides queries while it prepares the database: files that it loads, processes that it starts. */
  function effectsOfPreparation(before = ''): string[] {
    return run(`
      require('reflect-metadata');
      for (const path of ${JSON.stringify(['program-frame', 'commands/role.commands'].map(pathOf))}) require(path);
      const { prepareDatabase } = require(${JSON.stringify(pathOf('start/prepare-database'))});
      const { readSetupStatus } = require(${JSON.stringify(pathOf('start/setup-status'))});
      const { DataSource } = require('typeorm');
      const { ChildProcess } = require('node:child_process');
      const spawn = ChildProcess.prototype.spawn;
      ChildProcess.prototype.spawn = function (options) {
        console.log('process ' + options.args.join(' '));
        return spawn.call(this, options);
      };
      const initialize = DataSource.prototype.initialize;
      DataSource.prototype.initialize = function () {
        console.log('TypeORM connects');
        return initialize.call(this);
      };
      const known = new Set(Object.keys(require.cache));
      (async () => {
        ${before}
        const url = ${JSON.stringify(database.url)};
        const ran = await prepareDatabase({ secretKey: ${JSON.stringify(testSecretKey)} }, url);
        if (ran.length > 0) console.log('migrations ' + ran);
        const status = await readSetupStatus(url);
        if (status.hasAdministrator || status.hasRegistry) console.log('status ' + JSON.stringify(status));
        for (const path of Object.keys(require.cache)) {
          if (/\\/dist\\/(apps|libs|migrations)\\//.test(path) && !known.has(path)) console.log('file ' + path);
        }
      })();`);
  }

  it('is a few queries: it starts no process, loads no file and does without TypeORM', () => {
    assert.deepEqual(effectsOfPreparation(), []);
  });

  it('would show a process and the files that it loads (a test of the test)', () => {
    const before = `
      require('node:child_process').execFile(process.execPath, ['-v']);
      require(${JSON.stringify(pathOf('program'))});`;
    const effects = effectsOfPreparation(before);
    assert.ok(
      effects.some((effect) => effect.startsWith('process ')),
      effects.join(),
    );
    assert.ok(
      effects.some((effect) => /^file .*\/libs\/accounts\//.test(effect)),
      effects.join(),
    );
  });
});
