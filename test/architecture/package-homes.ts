import { isProduct, isSpec, target, type SourceFile } from './source-files';

/** The folders or files of the product that may import a package; specs are exempt. */
export const packageHomes: Readonly<Record<string, readonly string[]>> = {
  '@fastify/cookie': ['apps/server/'],
  '@fastify/helmet': ['apps/server/'],
  '@nestjs/core': ['apps/'],
  '@nestjs/platform-fastify': ['apps/server/'],
  '@nestjs/swagger': ['apps/server/'],
  '@node-rs/argon2': ['libs/accounts/'],
  '@peculiar/x509': ['libs/tokens/'],
  'cli-progress': ['apps/cli/'],
  commander: ['apps/cli/'],
  fastify: ['apps/server/', 'libs/platform/http/'],
  'graphile-worker': ['libs/platform/jobs/', 'libs/platform/database/src/migrate.ts'],
  'ipaddr.js': ['libs/accounts/'],
  'highlight.js': ['apps/server/src/web/rendering/markdown.ts'],
  jsonwebtoken: ['libs/tokens/'],
  marked: ['apps/server/src/web/rendering/markdown.ts'],
  meilisearch: ['libs/search/src/meilisearch/client.ts'],
  'node:child_process': ['libs/platform/embedded-postgres/', 'libs/platform/process/', 'apps/cli/'],
  'node:cluster': ['apps/cli/', 'apps/server/src/main.ts'],
  'opencc-js': ['libs/search/src/query/han-variants.ts'],
  passport: ['apps/server/src/access/'],
  'passport-local': ['apps/server/src/access/'],
  pg: ['libs/platform/database/', 'libs/platform/embedded-postgres/', 'libs/platform/jobs/'],
  pino: ['libs/platform/logging/'],
  'pino-pretty': ['libs/platform/logging/'],
  preact: ['apps/server/src/web/'],
  'preact-render-to-string': ['apps/server/src/web/layout/document.tsx'],
  'prom-client': ['apps/', 'libs/platform/metrics/'],
  'rate-limiter-flexible': ['libs/accounts/'],
  'sanitize-html': ['apps/server/src/web/rendering/markdown.ts'],
  yaml: ['libs/registries/'],
};

/** Packages that every file of the product may import. */
export const sharedPackages: readonly string[] = [
  '@nestjs/common',
  '@nestjs/typeorm',
  'lru-cache',
  'p-limit',
  'reflect-metadata',
  'rxjs',
  'typeorm',
  'zod',
];

/** The folders or files that may import a package for tests, in the whole tree. */
export const testPackageHomes: Readonly<Record<string, readonly string[]>> = {
  '@jest/reporters': ['test/jest/'],
  autocannon: ['bench/'],
  'axe-core': ['test/acceptance/'],
  'html-validate': ['test/e2e/all-pages.e2e-spec.ts'],
  htmlparser2: ['apps/server/src/web/rendering/markdown.spec.ts', 'test/support/pages/html-reader.ts'],
  jest: ['test/run.ts'],
  'jest-environment-node': ['test/jest/'],
  'jest-runner': ['test/jest/'],
  'playwright-core': ['test/acceptance/support/chromium.ts'],
  // Hostile requests need other clients, so that only the clients of test/support depend on supertest.
  supertest: ['test/support/'],
};

/** Imports of packages outside their homes, and of packages that have none. */
export function packageViolations(file: SourceFile): string[] {
  const inProduct = isProduct(file) && !isSpec(file);
  return file.imports.flatMap((imported) => {
    const to = target(file, imported);
    if (!('package' in to)) return [];
    const { package: name } = to;
    const homes = testPackageHomes[name] ?? (inProduct ? packageHomes[name] : undefined);
    if (homes !== undefined && !homes.some((home) => file.path.startsWith(home)))
      return [`${file.path} imports ${name}, whose home is ${homes.join(' or ')}`];
    const isKnown = homes !== undefined || sharedPackages.includes(name) || name.startsWith('node:');
    return inProduct && !isKnown ? [`${file.path} imports ${name}, which has no home`] : [];
  });
}
