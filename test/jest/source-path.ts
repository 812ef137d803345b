import { relative } from 'node:path';

/** The source of a compiled file, seen from the repository. */
export function sourcePath(rootDir: string, compiled: string): string {
  return relative(rootDir, compiled)
    .replaceAll('\\', '/')
    .replace(/^dist\/(.*)\.js$/, '$1.ts');
}
