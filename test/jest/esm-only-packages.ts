import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

// Jest's own `require` loads no ES modules before Node 24.9, where Node's does from 20.19 on.

interface Manifest {
  readonly type?: string;
  readonly main?: string;
  readonly exports?: unknown;
}

/** The folders, seen from `root`, of the installed packages that offer `require` nothing but ES modules. */
export function esmOnlyPackages(root: string): string[] {
  return packagesIn(join(root, 'node_modules'))
    .filter(isEsmOnly)
    .map((folder) => relative(root, folder))
    .sort();
}

/** A regular expression that matches the files of these packages, and not those of packages inside them. */
export function filesOf(packages: readonly string[]): string {
  const names = packages.map((name) => name.replace(/[.+]/g, '\\$&'));
  return `/(?:${names.join('|')})/(?!node_modules/)(?:(?!/node_modules/).)*\\.js$`;
}

function packagesIn(modules: string): string[] {
  if (!existsSync(modules)) return [];
  return readdirSync(modules)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) =>
      name.startsWith('@')
        ? readdirSync(join(modules, name)).map((part) => join(modules, name, part))
        : join(modules, name),
    )
    .flatMap((folder) => [folder, ...packagesIn(join(folder, 'node_modules'))]);
}

function isEsmOnly(folder: string): boolean {
  const manifest = manifestIn(folder);
  const entry = manifest && entryOf(manifest);
  if (entry === undefined || !/\.m?js$/.test(entry)) return false;
  return entry.endsWith('.mjs') || typeAt(dirname(join(folder, entry)), folder) === 'module';
}

function manifestIn(folder: string): Manifest | undefined {
  const file = join(folder, 'package.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Manifest) : undefined;
}

// A dual package marks its folder of CommonJS with a package.json of its own.
function typeAt(folder: string, root: string): string | undefined {
  const manifest = manifestIn(folder);
  if (manifest !== undefined || folder === root) return manifest?.type;
  return typeAt(dirname(folder), root);
}

function entryOf({ exports, main }: Manifest): string | undefined {
  if (exports === undefined || exports === null) return main ?? 'index.js';
  const isByPath = typeof exports === 'object' && Object.keys(exports).some((key) => key.startsWith('.'));
  const byPath = exports as Record<string, unknown>;
  return targetOf(isByPath ? (byPath['.'] ?? Object.values(byPath)[0]) : exports);
}

// The conditions are those of Jest's `require`.
function targetOf(target: unknown): string | undefined {
  if (typeof target === 'string') return target;
  if (typeof target !== 'object' || target === null) return undefined;
  const entries: [string, unknown][] = Object.entries(target);
  return entries
    .filter(([key]) => Array.isArray(target) || ['require', 'node', 'node-addons', 'default'].includes(key))
    .map(([, value]) => targetOf(value))
    .find((found) => found !== undefined);
}
