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

/** The room or app that a path lies in: `libs/naming`, `libs/platform/jobs`, `apps/server`; undefined elsewhere. */
export function libraryOf(path: string): string | undefined {
  return /^(libs\/platform\/[^/]+|libs\/[^/]+|apps\/[^/]+)\//.exec(path)?.[1];
}

/** Where an import leads: a path in the repository, or the name of a package. */
export function target(file: SourceFile, imported: string): { path: string } | { pack: string } {
  if (imported.startsWith('.'))
    return { path: posix.normalize(posix.join(posix.dirname(file.path), imported)) };
  const room = /^@central-index\/(.+)$/.exec(imported)?.[1];
  if (room !== undefined) return { path: `libs/${room}/src` };
  const pack = imported.startsWith('@') ? imported.split('/').slice(0, 2).join('/') : imported.split('/')[0]!;
  return { pack };
}
