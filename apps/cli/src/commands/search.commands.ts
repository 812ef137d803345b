import { AuditModule } from '@central-index/audit';
import {
  SearchModule,
  SearchService,
  SearchMaintenance,
  type SearchDifference,
  type SearchPage,
} from '@central-index/search';
import { type SearchExplanation } from '@central-index/search';
import { SingleBar } from 'cli-progress';
import type { Command } from 'commander';
import { printResult, examples, type OutputOptions } from '../output';
import { withContext } from '../context';

interface Explained {
  readonly page: SearchPage;
  readonly explanation: SearchExplanation;
}

/** `search`: the documents by which repositories are found. */
export function searchCommands(program: Command): void {
  const search = program.command('search').description('Look after the search index.');
  search
    .command('rebuild')
    .description(
      'Write every search document anew from the repositories, take out what should not be there, pack the indexes of ' +
        'the documents, and, where ' +
        'MEILI_URL names a Meilisearch, fill a new index there and put it in the position of the old one. Search goes on ' +
        'meanwhile, and so do changes. Needed only where a change of weights or of how words are read must not wait ' +
        'for the hourly check. A rebuild of Meilisearch that is broken off is taken up by the worker.',
    )
    .addHelpText('after', examples('search rebuild'))
    .action(async (options: OutputOptions) => {
      const done = await withContext([AuditModule, SearchModule], (app) =>
        rebuild(app.get(SearchMaintenance), options),
      );
      const copied = done.copied === undefined ? '' : `, ${done.copied} copied to Meilisearch`;
      printResult(options, done, `${done.written} documents written, ${done.removed} taken out${copied}`);
    });
  search
    .command('check')
    .description(
      'Compare the search documents with the repositories, the lists of words with the documents, and what ' +
        'Meilisearch holds with both, in both directions. Exits with 1 when they differ and were not repaired.',
    )
    .option('--repair', 'mend what differs')
    .addHelpText('after', examples('search check', 'search check --repair'))
    .action(async (options: OutputOptions & { repair?: boolean }) => {
      const repair = options.repair ?? false;
      const found = await withContext([AuditModule, SearchModule], (app) =>
        app.get(SearchMaintenance).check(repair),
      );
      const { missing, orphaned, misspelt } = found.lists;
      const differs =
        missing + orphaned + misspelt > 0 ||
        [found.documents, ...(found.replica ? [found.replica] : [])].some(
          ({ missing, stale, orphaned }) => missing.length + stale.length + orphaned.length > 0,
        );
      printResult(options, { ...found, repaired: repair && differs }, lines(found, repair && differs));
      if (differs && !repair) process.exitCode = 1;
    });
  search
    .command('query')
    .argument('<q>', 'what somebody types')
    .description('Search as somebody does who is not signed in.')
    .option('--explain', 'tell how the query was read, and what each hit weighs')
    .addHelpText('after', examples('search query nginx', 'search query ngnix --explain'))
    .action(async (q: string, options: OutputOptions & { explain?: boolean }) => {
      const found = await withContext([AuditModule, SearchModule], (app) =>
        app.get(SearchService).explain({ q, page: 1, perPage: 25, viewer: { namespaces: [] } }),
      );
      const data = options.explain ? found : found.page;
      printResult(options, data, options.explain ? explained(found) : hits(found.page));
    });
}

function hits({ items, total, didYouMean }: SearchPage): string[] {
  return [
    ...items.map((hit) => `${fullName(hit)}  ${hit.stars} stars  ${hit.description}`.trimEnd()),
    `${total} found${didYouMean === undefined ? '' : `; did you mean ${didYouMean}?`}`,
  ];
}

function explained({ page, explanation: { query, candidates, suggestions, ratings } }: Explained): string[] {
  return [
    `read as: ${JSON.stringify(query)}`,
    `candidates: ${candidates}; found: ${page.total}`,
    ...(suggestions.length === 0
      ? []
      : [`spelt alike: ${suggestions.map(({ name, edits }) => `${name} (${edits})`).join(', ')}`]),
    'position  score = text + popularity + official  class  name',
    ...ratings.map(
      ({ position, score, text, official, textClass, pin, correctedTo, document }) =>
        `${position}  ${score} = ${text} + ${document.popularity} + ${official}  ${textClass}` +
        `${pin === undefined ? '' : ', pinned'}${correctedTo === undefined ? '' : `, meant ${correctedTo}`}  ${fullName(document)}`,
    ),
  ];
}

function fullName({
  official,
  namespace,
  name,
}: {
  official: boolean;
  namespace: string;
  name: string;
}): string {
  return official ? name : `${namespace}/${name}`;
}

async function rebuild(
  upkeep: SearchMaintenance,
  options: OutputOptions,
): ReturnType<SearchMaintenance['rebuild']> {
  const bar = process.stderr.isTTY && !options.json ? newBar() : undefined;
  bar?.start(0, 0, { what: 'documents written' });
  try {
    return await upkeep.rebuild(
      ({ written }) => bar?.update(written),
      (loaded, of) => {
        bar?.setTotal(of);
        bar?.update(loaded, { what: `of ${of} copied to Meilisearch` });
      },
    );
  } finally {
    bar?.stop();
  }
}

function newBar(): SingleBar {
  return new SingleBar({ format: '{bar} {value} {what}', hideCursor: true, stream: process.stderr });
}

function lines({ documents, lists, replica, pending }: SearchDifference, repaired: boolean): string[] {
  const count = ({ missing, stale, orphaned }: SearchDifference['documents']): string =>
    `${missing.length} missing, ${stale.length} stale, ${orphaned.length} orphaned`;
  return [
    `search documents against repositories: ${count(documents)}`,
    `lists of words against search documents: ${lists.missing} missing, ${lists.orphaned} orphaned; ` +
      `${lists.misspelt} names that no misspelling finds`,
    ...(replica
      ? [`Meilisearch against search documents: ${count(replica)}, ${pending} not confirmed yet`]
      : []),
    ...(repaired ? ['repaired'] : []),
  ];
}
