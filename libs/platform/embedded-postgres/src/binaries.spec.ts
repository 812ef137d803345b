import assert from 'node:assert/strict';
import { lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, test } from '@jest/globals';
import { completeLinks, findBinaries } from './binaries';

let root: string;
let folder: string;

beforeEach(() => {
  if (root) rmSync(root, { recursive: true, force: true });
  root = mkdtempSync(join(tmpdir(), 'binaries-'));
  folder = join(root, 'native');
  mkdirSync(join(folder, 'lib'), { recursive: true });
  writeFileSync(join(folder, 'lib', 'libx.so.1.2'), 'library');
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function listLinks(...links: { source: string; target: string }[]): void {
  writeFileSync(join(folder, 'pg-symlinks.json'), JSON.stringify(links));
}

test('links to libraries that the npm package lacks are created once, as relative links', () => {
  listLinks({ source: 'native/lib/libx.so.1.2', target: 'native/lib/libx.so.1' });
  assert.equal(completeLinks(folder), true);
  assert.equal(completeLinks(folder), true);
  assert.equal(readFileSync(join(folder, 'lib', 'libx.so.1'), 'utf8'), 'library');
  assert.equal(lstatSync(join(folder, 'lib', 'libx.so.1')).isSymbolicLink(), true);
});

test('a link that cannot be created is reported, so that a copy is used', () => {
  listLinks({ source: 'native/lib/libx.so.1.2', target: 'native/absent/libx.so.1' });
  assert.equal(completeLinks(folder), false);
});

test('no link is created outside the folder', () => {
  listLinks({ source: 'native/lib/libx.so.1.2', target: 'native/../../escaped' });
  completeLinks(folder);
  assert.equal(lstatSync(join(root, '..', 'escaped'), { throwIfNoEntry: false }), undefined);
});

test('a folder without links needs none', () => {
  assert.equal(completeLinks(folder), true);
});

test('a PG_BIN_DIR without PostgreSQL is rejected, and the message names it', () => {
  assert.throws(() => findBinaries(folder), { code: 'NO_POSTGRESQL', message: new RegExp(folder) });
});
