import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from '@jest/globals';
import { packageRoot } from '@central-index/platform/config';

// A compiler that says that it ran, and writes what the real one writes last.
const compiler = `
const { existsSync, mkdirSync, writeFileSync } = require('node:fs');
console.error('compiled');
if (existsSync('broken')) process.exit(1);
mkdirSync('dist', { recursive: true });
writeFileSync('dist/.tsbuildinfo', '');
`;

describe('bin/build.js', () => {
  let folder: string;

  const write = (path: string, text = ''): void => writeFileSync(join(folder, path), text);
  const setTime = (path: string, secondsAgo: number): void => {
    const time = new Date(Date.now() - secondsAgo * 1000);
    utimesSync(join(folder, path), time, time);
  };
  const build = (): { compiled: boolean; status: number | null; stdout: string } => {
    const { status, stderr, stdout } = spawnSync(process.execPath, ['bin/build.js'], {
      cwd: folder,
      encoding: 'utf8',
    });
    return { compiled: stderr.includes('compiled'), status, stdout };
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'central-index-build-'));
    for (const path of ['bin', 'apps/cli', 'libs', 'node_modules']) {
      mkdirSync(join(folder, path), { recursive: true });
    }
    cpSync(join(packageRoot, 'bin', 'build.js'), join(folder, 'bin', 'build.js'));
    symlinkSync(join(packageRoot, 'node_modules', 'typescript'), join(folder, 'node_modules', 'typescript'));
    write('bin/compile.js', compiler);
    write('tsconfig.json', '{ "include": ["apps", "libs", "absent"] }');
    write('package-lock.json', '{}');
    for (const name of ['main', 'other']) write(`apps/cli/${name}.ts`);
    for (const path of ['bin/compile.js', 'tsconfig.json', 'package-lock.json', 'apps/cli/main.ts']) {
      setTime(path, 60);
    }
    for (const path of ['apps/cli/other.ts', 'apps/cli', 'apps', 'libs']) setTime(path, 60);
    assert.equal(build().compiled, true);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('runs no compiler when nothing changed', () => {
    assert.deepEqual(build(), { compiled: false, status: 0, stdout: '' });
  });

  const changes: [what: string, change: () => void][] = [
    ['a source is newer', () => setTime('apps/cli/main.ts', -5)],
    ['a source is removed', () => (rmSync(join(folder, 'apps/cli/other.ts')), setTime('apps/cli', -5))],
    ['the settings are newer', () => setTime('tsconfig.json', -5)],
    ['the dependencies are newer', () => setTime('package-lock.json', -5)],
    ['it was never built', () => rmSync(join(folder, 'dist'), { recursive: true })],
  ];
  for (const [what, change] of changes) {
    it(`compiles when ${what}`, () => {
      change();
      assert.deepEqual(build(), { compiled: true, status: 0, stdout: '' });
    });
  }

  it('ignores files that are no sources', () => {
    write('apps/cli/notes.md');
    setTime('apps/cli/notes.md', -5);
    setTime('apps/cli', 60);
    assert.equal(build().compiled, false);
  });

  it('fails when the compiler fails', () => {
    write('broken');
    setTime('apps/cli/main.ts', -5);
    assert.equal(build().status, 1);
  });
});
