import { buildArgv, runCLI } from 'jest';
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { totals } from './jest/totals';

// The arguments choose: `unit` (specs beside the code and architecture), `e2e` (over HTTP), `acceptance` (real
// programs), or parts of file names. No argument means all. The first that begins with a dash and what follows go to
// Jest as they are.

const root = join(__dirname, '..', '..');
const compiled = join(root, 'dist');
const kinds: Record<string, RegExp> = {
  unit: /\.spec\.js$/,
  e2e: /\.e2e-spec\.js$/,
  acceptance: /\.acceptance-spec\.js$/,
};

function specs(): string[] {
  return ['apps', 'libs', 'test']
    .flatMap((tree) => walk(join(compiled, tree)))
    .filter((file) => Object.values(kinds).some((kind) => kind.test(file)))
    .sort();
}

function walk(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? walk(join(folder, entry.name)) : [join(folder, entry.name)],
  );
}

function chosen(words: readonly string[]): string[] {
  return specs().filter(
    (file) =>
      words.length === 0 ||
      words.some((word) => kinds[word]?.test(file) ?? relative(compiled, file).includes(word)),
  );
}

async function main(args: readonly string[]): Promise<number> {
  const dash = args.findIndex((word) => word.startsWith('-'));
  const words = dash < 0 ? args : args.slice(0, dash);
  const files = chosen(words);
  if (files.length === 0) {
    process.stderr.write(`no test file is called ${words.join(' or ')}\n`);
    return 1;
  }
  const options = ['--config', join(root, 'jest.config.js'), ...(dash < 0 ? [] : args.slice(dash))];
  const argv = await buildArgv([...options, '--runTestsByPath', ...files]);
  const { results } = await runCLI(argv, [root]);
  process.stdout.write(`${totals(results)}\n`);
  return results.success ? 0 : 1;
}

// Whatever a failed test may still hold open, the run ends.
main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${String((error as Error).stack)}\n`);
    process.exit(1);
  },
);
