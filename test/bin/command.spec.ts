import { packageRoot } from '@central-index/platform/config';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { Linter } from 'eslint';

const command = join(packageRoot, 'bin', 'central-index.js');

/** Runs the command as another release of Node.js would, up to its check of the release. */
function onRelease(version: string): { status: number | null; stderr: string } {
  const script = `
    Object.defineProperty(process.versions, 'node', { value: '${version}' });
    process.argv = [process.argv[0], ${JSON.stringify(command)}, '--version'];
    require(${JSON.stringify(command)});`;
  const { status, stderr } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
  return { status, stderr };
}

describe('the command on other releases of Node.js', () => {
  for (const version of ['0.12.18', '18.20.8', '20.18.3', '22.11.0']) {
    it(`refuses ${version} in one sentence`, () => {
      const sentence = `central-index: needs Node.js 20.19 or newer (of 22, 22.12), and this is ${version}\n`;
      assert.deepEqual(onRelease(version), { status: 1, stderr: sentence });
    });
  }

  for (const version of ['20.19.0', '22.12.0', '24.0.0']) {
    it(`runs on ${version}`, () => {
      assert.deepEqual(onRelease(version), { status: 0, stderr: '' });
    });
  }

  it('is parsed by old releases, so that they can say so', () => {
    const text = readFileSync(command, 'utf8');
    const parse = (source: string) =>
      new Linter().verify(source, { languageOptions: { ecmaVersion: 2015, sourceType: 'commonjs' } });
    assert.equal(parse(text).length, 0, JSON.stringify(parse(text)));
    assert.equal(parse('try {} catch {}').length, 1, 'a test of the test');
  });
});

describe('the build at start', () => {
  let folder: string;
  // A checkout with one source file, so that building it takes no time.
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'checkout-'));
    cpSync(join(packageRoot, 'bin'), join(folder, 'bin'), { recursive: true });
    symlinkSync(join(packageRoot, 'node_modules'), join(folder, 'node_modules'));
    const { compilerOptions } = JSON.parse(readFileSync(join(packageRoot, 'tsconfig.json'), 'utf8')) as {
      compilerOptions: object;
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['apps'] }));
    writeFileSync(join(folder, 'package-lock.json'), '{}');
    mkdirSync(join(folder, 'apps', 'cli', 'src'), { recursive: true });
    writeSource('started');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const writeSource = (text: string): void =>
    writeFileSync(join(folder, 'apps', 'cli', 'src', 'main.ts'), `console.log('${text}');\n`);
  const start = (): { stdout: string; stderr: string } => {
    const { stdout, stderr } = spawnSync(process.execPath, [join(folder, 'bin', 'central-index.js')], {
      encoding: 'utf8',
    });
    return { stdout, stderr };
  };

  it('says that it builds, and nothing when there is nothing to build', () => {
    const first = 'central-index: building for the first time, which takes about half a minute …\n';
    assert.deepEqual(start(), { stdout: 'started\n', stderr: first });
    assert.deepEqual(start(), { stdout: 'started\n', stderr: '' });
    writeSource('changed');
    const later = 'central-index: building what changed …\n';
    assert.deepEqual(start(), { stdout: 'changed\n', stderr: later });
  });
});
