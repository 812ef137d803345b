import { AuditModule } from '@central-index/audit';
import { SearchModule, SearchSync } from '@central-index/search';
import type { Command } from 'commander';
import { answer, examples, type AnswerOptions } from '../answer';
import { withContext } from '../context';

/** `search`: the documents by which repositories are found. */
export function searchCommands(program: Command): void {
  const search = program.command('search').description('Look after the search index.');
  search
    .command('rebuild')
    .description(
      'Write every search document anew from the repositories, and take out what should not be there. Search goes on ' +
        'meanwhile. Needed only after a change of weights or of how words are read.',
    )
    .addHelpText('after', examples('search rebuild'))
    .action(async (options: AnswerOptions) => {
      const done = await withContext([AuditModule, SearchModule], (app) => app.get(SearchSync).rebuild());
      answer(options, done, `${done.written} documents written, ${done.removed} taken out`);
    });
}
