import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { libraryOf, sourceFiles, target, type SourceFile } from './source-files';

const platform = [
  'config',
  'database',
  'embedded-postgres',
  'errors',
  'http',
  'jobs',
  'logging',
  'mail',
  'process',
].map((name) => `libs/platform/${name}`);
const ground = ['libs/platform/config', 'libs/platform/errors', 'libs/platform/logging'];
const domain = ['libs/naming', ...platform];

/** Which room may import which. What is not listed is forbidden. */
const mayImport: Record<string, readonly string[]> = {
  'libs/naming': [],
  'libs/platform/config': [],
  'libs/platform/errors': [],
  'libs/platform/logging': [],
  'libs/platform/database': ground,
  'libs/platform/jobs': [...ground, 'libs/platform/database'],
  'libs/platform/process': ['libs/platform/errors', 'libs/platform/logging'],
  'libs/platform/embedded-postgres': [...ground, 'libs/platform/process', 'libs/platform/database'],
  'libs/platform/http': ground,
  'libs/platform/mail': ground,
  'libs/audit': platform,
  'libs/accounts': [...domain, 'libs/audit'],
  'libs/namespaces': [...domain, 'libs/audit', 'libs/accounts'],
  'libs/registries': [...domain, 'libs/audit'],
  'libs/repositories': [...domain, 'libs/audit', 'libs/accounts', 'libs/namespaces', 'libs/registries'],
  'libs/registry-sync': [
    ...domain,
    'libs/audit',
    'libs/accounts',
    'libs/namespaces',
    'libs/registries',
    'libs/repositories',
  ],
  'libs/tokens': [
    ...domain,
    'libs/audit',
    'libs/accounts',
    'libs/namespaces',
    'libs/registries',
    'libs/repositories',
  ],
  'libs/search': [...domain, 'libs/repositories'],
};

/** Packages and globals with one home each: the folders or files that may touch them. */
const homes: Record<string, readonly string[]> = {
  jsonwebtoken: ['libs/tokens/'],
  '@peculiar/x509': ['libs/tokens/'],
  pg: ['libs/platform/database/', 'libs/platform/embedded-postgres/', 'libs/platform/jobs/'],
  'graphile-worker': ['libs/platform/jobs/', 'libs/platform/database/src/migrate.ts'],
  '@node-rs/argon2': ['libs/accounts/'],
  'rate-limiter-flexible': ['libs/accounts/'],
  meilisearch: ['libs/search/src/meilisearch/client.ts'],
  'opencc-js': ['libs/search/src/query/han-variants.ts'],
  passport: ['apps/server/src/access/'],
  'passport-local': ['apps/server/src/access/'],
  commander: ['apps/cli/'],
  'cli-progress': ['apps/cli/'],
  'node:child_process': ['libs/platform/embedded-postgres/', 'libs/platform/process/', 'apps/cli/'],
  'node:cluster': ['apps/cli/', 'apps/server/src/main.ts'],
  pino: ['libs/platform/logging/'],
  'prom-client': ['apps/'],
};

const product = (file: SourceFile): boolean => /^(apps|libs)\//.test(file.path);
const code = (file: SourceFile): string => file.text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
const isSpec = (file: SourceFile): boolean => /\.(spec|contract)\.ts$/.test(file.path);

describe('boundaries', () => {
  const files = sourceFiles();

  it('reads the product (a test of the test)', () => {
    assert.ok(files.filter(product).length > 50);
    assert.ok(files.some((file) => file.imports.includes('@central-index/platform/errors')));
  });

  it('lets a room import only the rooms below it, through their door', () => {
    const wrong: string[] = [];
    for (const file of files.filter(product)) {
      const room = libraryOf(file.path)!;
      for (const imported of file.imports) {
        const where = target(file, imported);
        if ('pack' in where) continue;
        const other = libraryOf(`${where.path}/`);
        if (other === room) {
          if (!imported.startsWith('.'))
            wrong.push(`${file.path} enters its own room by the door: ${imported}`);
          continue;
        }
        if (imported.startsWith('.')) {
          const migrationsOrSupport = /^(migrations|test\/(support|contracts))(\/|$)/.test(where.path);
          if (migrationsOrSupport && (isSpec(file) || room === 'apps/cli')) continue;
          wrong.push(`${file.path} reaches into ${where.path} past its door`);
          continue;
        }
        if (other === undefined) continue;
        if (room.startsWith('apps/')) continue;
        if (!(mayImport[room] ?? []).includes(other)) wrong.push(`${file.path} must not import ${other}`);
      }
    }
    assert.deepEqual(wrong, []);
  });

  it('knows every room', () => {
    const rooms = new Set(files.filter(product).map((file) => libraryOf(file.path)!));
    assert.deepEqual(
      [...rooms].filter((room) => room.startsWith('libs/') && !(room in mayImport)),
      [],
    );
  });

  it('keeps named packages in their homes', () => {
    const wrong: string[] = [];
    for (const file of files.filter((candidate) => product(candidate) && !isSpec(candidate))) {
      for (const imported of file.imports) {
        const home = homes[imported];
        if (home !== undefined && !home.some((place) => file.path.startsWith(place))) {
          wrong.push(`${file.path} imports ${imported}, whose home is ${home.join(' or ')}`);
        }
      }
    }
    assert.deepEqual(wrong, []);
  });

  it('reads the environment in platform/config only', () => {
    const reading = files.filter(
      (file) => product(file) && /\bprocess\s*\.\s*env\b|\bprocess\[['"]env/.test(file.text),
    );
    const allowed = /^libs\/platform\/config\//;
    assert.deepEqual(
      reading.map((file) => file.path).filter((path) => !allowed.test(path)),
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

  it('opens every door with named exports and a comment that says what the room is for', () => {
    const doors = files.filter((file) => /^libs\/(platform\/)?[^/]+\/src\/index\.ts$/.test(file.path));
    assert.ok(doors.length > 8);
    for (const door of doors) {
      assert.match(door.text, /^\/\/ /, `${door.path} opens with a comment`);
      assert.doesNotMatch(door.text, /export \*/, `${door.path} exports by name`);
    }
  });

  it('has no drawers, no any, no forwardRef, no synchronize, no silenced rule', () => {
    const drawers = /\/(common|shared|utils?|core|misc|types|helpers)\//;
    assert.deepEqual(
      files.map((file) => file.path).filter((path) => drawers.test(path)),
      [],
    );
    const forbidden =
      /\bas any\b|: any\b|<any>|\bforwardRef\b|synchronize: true|eslint-disable|@ts-(ignore|nocheck|expect-error)/;
    const guilty = files.filter(
      (file) => forbidden.test(code(file)) && !file.path.startsWith('test/architecture/'),
    );
    assert.deepEqual(
      guilty.map((file) => file.path),
      [],
    );
  });

  it('keeps files short enough to read', () => {
    const long = files.filter((file) => product(file) && !isSpec(file) && file.text.split('\n').length > 300);
    assert.deepEqual(
      long.map((file) => file.path),
      [],
    );
  });
});
