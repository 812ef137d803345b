import { AccountsService, anonymous, type Identity } from '@central-index/accounts';
import { AuditModule } from '@central-index/audit';
import { NamespacesModule, NamespacesService } from '@central-index/namespaces';
import { notFound } from '@central-index/platform/errors';
import { imageKinds, type ImageKind } from '@central-index/repositories';
import {
  SearchMaintenance,
  SearchModule,
  searchOrders,
  SearchService,
  type SearchFilters,
  type SearchOrder,
} from '@central-index/search';
import type { INestApplicationContext } from '@nestjs/common';
import { SingleBar } from 'cli-progress';
import { Option, type Command } from 'commander';
import { printResult, examples, type OutputOptions } from '../output';
import { withContext } from '../context';
import { checkJson, checkLines, differs, explanationLines, hitLines, resultJson } from '../search-output';
import { wholeNumber, wholeNumberBetween } from '../whole-number';

const queryModules = [AuditModule, NamespacesModule, SearchModule];

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

interface QueryOptions extends OutputOptions {
  readonly limit: number;
  readonly page: number;
  readonly namespace?: string;
  readonly kind?: ImageKind;
  readonly official?: true;
  readonly automated?: true;
  readonly stars?: number;
  readonly sort: SearchOrder;
  readonly as?: string;
  readonly explain?: boolean;
}

function queryCommand(search: Command): void {
  search
    .command('query')
    .argument('[q]', 'the query; without one, a filter or an order lists all that pass', '')
    .description(
      'Search as an anonymous user, or with --as as an account, which finds its private repositories too.',
    )
    .option('--limit <hits>', 'hits per page, 100 at most', wholeNumberBetween(1, 100), 25)
    .option('--page <number>', 'the page; the first one is 1', wholeNumberBetween(1, 1000), 1)
    .option('--namespace <namespace>', 'find repositories of this namespace only')
    .addOption(
      new Option('--kind <kind>', 'find repositories that have this kind only').choices([...imageKinds]),
    )
    .option('--official', 'find official repositories only')
    .option('--automated', 'find trusted builds only')
    .option('--stars <number>', 'find repositories with this many stars or more', wholeNumber)
    .addOption(
      new Option('--sort <order>', 'in descending order of this; a query is then optional')
        .choices([...searchOrders])
        .default('relevance'),
    )
    .option('--as <account>', 'search as this account')
    .option('--explain', 'show the parsed query and the score of each hit')
    .addHelpText(
      'after',
      examples(
        'search query nginx',
        'search query nginx --limit 10 --page 2 --namespace bitnami',
        'search query --sort pushed --kind helm-chart',
        'search query app --as alice',
        'search query ngnix --explain',
      ),
    )
    .action(async (q: string, options: QueryOptions) => {
      const { page, explanation } = await withContext(queryModules, async (app) => {
        const { limit: perPage, page: number, sort } = options;
        const viewer = await app.get(NamespacesService).privateScope(await identify(app, options.as));
        const request = { q, page: number, perPage, filters: filtersOf(options), sort, viewer };
        return app.get(SearchService).explain(request);
      });
      if (options.explain) {
        printResult(options, resultJson(page, explanation), explanationLines(page, explanation));
      } else {
        printResult(options, resultJson(page), hitLines(page));
      }
    });
}

function filtersOf({ namespace, kind, official, automated, stars }: QueryOptions): SearchFilters {
  const given = Object.entries({ namespace, kind, official, automated, stars });
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

async function identify(app: INestApplicationContext, name: string | undefined): Promise<Identity> {
  if (name === undefined) return anonymous;
  const account = await app.get(AccountsService, { strict: false }).find(name);
  if (account === undefined) throw notFound('account', name);
  return { kind: 'account', account, via: 'password' };
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
