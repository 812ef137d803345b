import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import {
  appArrows,
  findCycle,
  folderArrows,
  folderOf,
  folderViolations,
  libraryArrows,
  libraryViolations,
} from './import-rules';
import { packageViolations } from './package-homes';
import { isProduct, isSpec, libraryOf, sourceFiles, type SourceFile } from './source-files';

const code = (file: SourceFile): string => file.text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
const importing = (path: string, ...imports: string[]): SourceFile => ({ path, text: '', imports });

describe('boundaries', () => {
  const files = sourceFiles();
  const product = files.filter(isProduct);

  it('reads the product (a test of the test)', () => {
    assert.ok(product.length > 50);
    assert.ok(files.some((file) => file.imports.includes('@central-index/platform/errors')));
  });

  it('lets apps and libraries import only permitted libraries, by their public entries', () => {
    assert.deepEqual(product.flatMap(libraryViolations), []);
  });

  it('finds forbidden imports between libraries (a test of the test)', () => {
    const naming = 'libs/naming/src/name.ts';
    const spec = 'libs/naming/src/name.spec.ts';
    const violates = (path: string, imported: string): boolean =>
      libraryViolations(importing(path, imported)).length > 0;
    assert.ok(violates(naming, '@central-index/accounts'));
    assert.ok(violates(naming, '@central-index/naming'));
    assert.ok(violates(naming, '../../accounts/src/accounts.service'));
    assert.ok(violates(naming, '../../../test/support/database'));
    assert.ok(violates('apps/worker/src/main.ts', '../../server/src/http/create-server'));
    assert.ok(violates('libs/unlisted/src/a.ts', '@central-index/naming'));
    assert.ok(!violates(naming, './skeleton'));
    assert.ok(!violates(spec, '../../../test/support/database'));
    assert.ok(!violates('apps/server/src/main.ts', '@central-index/accounts'));
    assert.ok(!violates('apps/cli/src/main.ts', '../../../migrations'));
    assert.ok(violates('apps/server/src/main.ts', '../../../migrations'));
  });

  it('lets the builder import naming, configuration, logging and HTTP only', () => {
    const builder = 'apps/builder/src/main.ts';
    const allowed = ['naming', 'platform/config', 'platform/logging', 'platform/http'];
    const others = Object.keys(libraryArrows)
      .map((library) => library.slice('libs/'.length))
      .filter((library) => !allowed.includes(library));
    const imports = (names: string[]): string[] => names.map((name) => `@central-index/${name}`);
    assert.deepEqual(libraryViolations(importing(builder, ...imports(allowed))), []);
    assert.equal(libraryViolations(importing(builder, ...imports(others))).length, others.length);
    assert.ok(libraryViolations(importing(builder, '../../server/src/main')).length > 0);
    assert.ok(appArrows['apps/builder'] !== undefined && others.length > 8);
  });

  it('has rules for every library', () => {
    const libraries = new Set(product.map((file) => libraryOf(file.path)!));
    assert.deepEqual(
      [...libraries].filter((library) => library.startsWith('libs/') && !(library in libraryArrows)),
      [],
    );
  });

  it('has rules for every sub-folder of a library, and none for others', () => {
    const found = new Set<string>();
    for (const { path } of product) {
      const library = libraryOf(path)!;
      const root = `${library}/src/`;
      if (!library.startsWith('libs/') || !path.startsWith(root)) continue;
      const folder = folderOf(path, root);
      if (folder !== '.') found.add(`${library} ${folder}`);
    }
    const listed = Object.entries(folderArrows).flatMap(([library, arrows]) =>
      Object.keys(arrows).map((folder) => `${library} ${folder}`),
    );
    assert.deepEqual([...found].sort(), listed.sort());
  });

  it('lets sub-folders of a library import only permitted sub-folders', () => {
    assert.deepEqual(product.filter((file) => !isSpec(file)).flatMap(folderViolations), []);
  });

  it('finds forbidden imports between sub-folders (a test of the test)', () => {
    const violates = (path: string, imported: string): boolean =>
      folderViolations(importing(`libs/search/src/${path}`, imported)).length > 0;
    assert.ok(violates('ranking/scorer.ts', '../postgres/postgres.engine'));
    assert.ok(violates('postgres/storage/terms.ts', '../retrieval/candidates'));
    assert.ok(violates('ranking/scorer.ts', '../search.service'));
    assert.ok(violates('search.errors.ts', './ranking/scorer'));
    assert.ok(!violates('ranking/scorer.ts', '../search.errors'));
    assert.ok(!violates('ranking/scorer.ts', '../query/tokenizer'));
    assert.ok(!violates('ranking/scorer.ts', './weights'));
    assert.ok(!violates('search.service.ts', './ranking/scorer'));
  });

  it('permits no cycles', () => {
    assert.equal(findCycle(libraryArrows), undefined);
    for (const [library, arrows] of Object.entries(folderArrows))
      assert.equal(findCycle(arrows), undefined, library);
    assert.deepEqual(findCycle({ a: ['b'], b: ['c'], c: ['b'] }), ['b', 'c', 'b']);
  });

  it('keeps packages in their homes', () => {
    assert.deepEqual(files.flatMap(packageViolations), []);
  });

  it('finds packages outside their homes (a test of the test)', () => {
    const violates = (path: string, imported: string): boolean =>
      packageViolations(importing(path, imported)).length > 0;
    assert.ok(violates('libs/accounts/src/a.ts', 'pg'));
    assert.ok(violates('libs/accounts/src/a.ts', 'left-pad'));
    assert.ok(violates('test/e2e/a.e2e-spec.ts', 'supertest'));
    assert.ok(!violates('test/support/client.ts', 'supertest'));
    assert.ok(!violates('libs/accounts/src/a.spec.ts', 'pg'));
    assert.ok(!violates('libs/accounts/src/a.ts', 'lru-cache'));
    assert.ok(!violates('apps/server/src/a.ts', 'p-limit'));
  });

  it('reads the environment in platform/config only', () => {
    const readers = product.filter((file) => /\bprocess\s*\.\s*env\b|\bprocess\[['"]env/.test(file.text));
    assert.deepEqual(
      readers.map((file) => file.path).filter((path) => !path.startsWith('libs/platform/config/')),
      [],
    );
  });

  it('keeps Fastify and HTTP decorators out of libs', () => {
    const wrong = files.filter(
      (file) =>
        file.path.startsWith('libs/') &&
        !file.path.startsWith('libs/platform/http/') &&
        (file.imports.includes('fastify') || /@(Controller|Get|Post|Put|Patch|Delete)\(/.test(file.text)),
    );
    assert.deepEqual(
      wrong.map((file) => file.path),
      [],
    );
  });

  it('describes every library at the top of its public entry, which exports by name', () => {
    const entries = files.filter((file) => /^libs\/(platform\/)?[^/]+\/src\/index\.ts$/.test(file.path));
    assert.ok(entries.length > 8);
    for (const { path, text } of entries) {
      assert.match(text, /^\/\/ /, `${path} starts with a comment`);
      assert.doesNotMatch(text, /export \*/, `${path} exports by name`);
    }
  });

  it('has no folders for unrelated code, no any, no forwardRef, no synchronize, no disabled rules', () => {
    const unspecific = /\/(common|shared|utils?|core|misc|types|helpers)\//;
    assert.deepEqual(
      files.map((file) => file.path).filter((path) => unspecific.test(path)),
      [],
    );
    const forbidden =
      /\bas any\b|: any\b|<any>|\bforwardRef\b|synchronize: true|eslint-disable|@ts-(ignore|nocheck|expect-error)/;
    const offending = files.filter(
      (file) => forbidden.test(code(file)) && !file.path.startsWith('test/architecture/'),
    );
    assert.deepEqual(
      offending.map((file) => file.path),
      [],
    );
  });

  it('keeps files within 300 lines', () => {
    const long = product.filter((file) => !isSpec(file) && file.text.split('\n').length > 300);
    assert.deepEqual(
      long.map((file) => file.path),
      [],
    );
  });
});
