import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { findBannedWords, type Finding } from './find-banned-words';

/** What the lint reads: folders, and files of the repository's root. */
export const lintedRoots = [
  'apps',
  'libs',
  'migrations',
  'test',
  'bench',
  'chaos',
  'bin',
  'docs',
  'deploy',
  '.ci',
  '.githooks',
  'README.md',
  'CONTRIBUTING.md',
  '.env.example',
  'docker-compose.yml',
  'Dockerfile',
  'eslint.config.mjs',
];

/** The text files below the linted roots of a checkout, relative to it. */
export function lintedFiles(root: string): string[] {
  return lintedRoots.filter((path) => existsSync(join(root, path))).flatMap((path) => walk(root, path));
}

/** Every banned word of a checkout, file by file. */
export function lintWords(root: string, files: readonly string[] = lintedFiles(root)): Finding[] {
  return files.flatMap((path) => findBannedWords(path, readFileSync(join(root, path), 'utf8')));
}

/** A finding as editors and terminals read it. */
export function formatFinding({ path, line, word, reason }: Finding): string {
  return `${path}:${line} "${word}": ${reason}`;
}

const isText = (path: string): boolean =>
  /\.(ts|tsx|js|mjs|cjs|md|ya?ml|sh|example)$|^[^.]*$|^\.(ci|githooks)\/[^.]*$/.test(path);

function walk(root: string, path: string): string[] {
  if (!statSync(join(root, path)).isDirectory()) return [path];
  return readdirSync(join(root, path), { withFileTypes: true })
    .flatMap((entry) => {
      const child = `${path}/${entry.name}`;
      if (entry.isDirectory()) return walk(root, child);
      return isText(child) ? [child] : [];
    })
    .sort();
}

// Run by itself it prints what a checkout, or the part below a path of it, contains.
if (require.main === module) {
  const [root = process.cwd(), prefix = ''] = process.argv.slice(2);
  const findings = lintWords(
    root,
    lintedFiles(root).filter((path) => path.startsWith(prefix)),
  );
  process.stdout.write(findings.map((finding) => `${formatFinding(finding)}\n`).join(''));
  process.exitCode = findings.length > 0 ? 1 : 0;
}
