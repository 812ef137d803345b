import { AuditModule } from '@central-index/audit';
import { SearchMaintenance, SearchModule, SearchService } from '@central-index/search';
import { SingleBar } from 'cli-progress';
import type { Command } from 'commander';
import { printResult, examples, type OutputOptions } from '../output';
import { withContext } from '../context';
import { checkJson, checkLines, differs, explanationLines, hitLines, resultJson } from '../search-output';

/** `search`: manages the search index. */
export function searchCommands(program: Command): void {
  const search = program.command('search').description('Manage the search index.');
  rebuildCommand(search);
  checkCommand(search);
  queryCommand(search);
}

function rebuildCommand(search: Command): void {
  search
    .command('rebuild')
    .description(
      'Write all search documents again from the repositories, delete orphaned ones, and rebuild bloated indexes. With ' +
        'MEILI_URL, also fill a new Meilisearch index and replace the old one with it. Search and changes continue ' +
        'meanwhile. It is only needed if a change of weights or tokenization must not wait for the hourly check. The ' +
        'worker resumes an interrupted rebuild of Meilisearch.',
    )
    .addHelpText('after', examples('search rebuild'))
    .action(async (options: OutputOptions) => {
      const { written, removed, copied } = await withContext([AuditModule, SearchModule], (app) =>
        rebuild(app.get(SearchMaintenance), options),
      );
      const replica = copied === undefined ? '' : `, ${copied} copied to Meilisearch`;
      const data = { written, deleted: removed, copied: copied ?? null };
      printResult(options, data, `${written} documents written, ${removed} deleted${replica}`);
    });
}

function checkCommand(search: Command): void {
  search
    .command('check')
    .description(
      'Compare the search documents with the repositories, the postings with the documents, and the replica in ' +
        'Meilisearch with the documents, each in both directions. Exits with 1 if they differ, unless they are repaired.',
    )
    .option('--repair', 'repair the differences')
    .addHelpText('after', examples('search check', 'search check --repair'))
    .action(async (options: OutputOptions & { repair?: boolean }) => {
      const repair = options.repair ?? false;
      const difference = await withContext([AuditModule, SearchModule], (app) =>
        app.get(SearchMaintenance).check(repair),
      );
      const repaired = repair && differs(difference);
      printResult(options, checkJson(difference, repaired), checkLines(difference, repaired));
      if (differs(difference) && !repair) process.exitCode = 1;
    });
}

function queryCommand(search: Command): void {
  search
    .command('query')
    .argument('<q>', 'the query')
    .description('Search as an anonymous user.')
    .option('--explain', 'show the parsed query and the score of each hit')
    .addHelpText('after', examples('search query nginx', 'search query ngnix --explain'))
    .action(async (q: string, options: OutputOptions & { explain?: boolean }) => {
      const { page, explanation } = await withContext([AuditModule, SearchModule], (app) =>
        app.get(SearchService).explain({ q, page: 1, perPage: 25, viewer: { namespaces: [] } }),
      );
      if (options.explain) {
        printResult(options, resultJson(page, explanation), explanationLines(page, explanation));
      } else {
        printResult(options, resultJson(page), hitLines(page));
      }
    });
}

async function rebuild(
  maintenance: SearchMaintenance,
  options: OutputOptions,
): ReturnType<SearchMaintenance['rebuild']> {
  const bar = process.stderr.isTTY && !options.json ? newBar() : undefined;
  bar?.start(0, 0, { unit: 'documents written' });
  try {
    return await maintenance.rebuild(
      ({ written }) => bar?.update(written),
      (loaded, total) => {
        bar?.setTotal(total);
        bar?.update(loaded, { unit: `of ${total} copied to Meilisearch` });
      },
    );
  } finally {
    bar?.stop();
  }
}

function newBar(): SingleBar {
  return new SingleBar({ format: '{bar} {value} {unit}', hideCursor: true, stream: process.stderr });
}
