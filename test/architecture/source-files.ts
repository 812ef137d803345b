import { preProcessFile } from 'typescript';
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import { packageRoot } from '@central-index/platform/config';

/** One source file and what it imports, paths relative to the repository with forward slashes. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly string[];
}

const trees = ['apps', 'libs', 'migrations', 'test', 'bench', 'chaos', 'bin'];

/** Every TypeScript file of the product. */
export function sourceFiles(): SourceFile[] {
  return trees
    .flatMap((tree) => walk(join(packageRoot, tree)))
    .map((file) => {
      const text = readFileSync(file, 'utf8');
      const path = relative(packageRoot, file).split(sep).join('/');
      return {
        path,
        text,
        imports: preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName),
      };
    });
}

function walk(folder: string): string[] {
  let entries;
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
  return entries.flatMap((entry) =>
    entry.isDirectory()
      ? walk(join(folder, entry.name))
      : /\.tsx?$/.test(entry.name)
        ? [join(folder, entry.name)]
        : [],
  );
}

/** True for the code of apps and libraries, specs included. */
export function isProduct(file: SourceFile): boolean {
  return /^(apps|libs)\//.test(file.path);
}

/** True for specs and contracts, which may import what the product may not. */
export function isSpec(file: SourceFile): boolean {
  return /\.(spec|contract)\.ts$/.test(file.path);
}

/** The library or app of a path: `libs/naming`, `libs/platform/jobs`, `apps/server`; undefined for other paths. */
export function libraryOf(path: string): string | undefined {
  return /^(libs\/platform\/[^/]+|libs\/[^/]+|apps\/[^/]+)\//.exec(path)?.[1];
}

/** What an import refers to: a path in the repository without its extension, or a package. */
export function target(file: SourceFile, imported: string): { path: string } | { package: string } {
  if (imported.startsWith('.'))
    return { path: posix.normalize(posix.join(posix.dirname(file.path), imported)) };
  const library = /^@central-index\/(.+)$/.exec(imported)?.[1];
  if (library !== undefined) return { path: `libs/${library}/src` };
  const parts = imported.split('/');
  return { package: imported.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0]! };
}
