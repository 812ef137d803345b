import { AuditModule } from '@central-index/audit';
import {
  OfficialRepositoriesService,
  RepositoriesModule,
  type OfficialRow,
} from '@central-index/repositories';
import type { Command } from 'commander';
import { printResult, examples, type OutputOptions } from '../output';
import { withContext } from '../context';
import { importFile } from '../import-file';
import { printList, type ListOptions } from '../listing';
import { operator } from '../operator';
import { wholeNumber } from '../whole-number';

interface AddOptions extends OutputOptions {
  readonly description?: string;
}

const modules = [AuditModule, RepositoriesModule];

/** `official`: manages official repositories, such as `centos`. */
export function officialCommands(program: Command): void {
  const official = program
    .command('official')
    .description('Manage official (top-level) repositories, which only administrators push to.');
  listCommand(official);
  official
    .command('add')
    .argument('<name>', 'for example centos')
    .option('--description <text>', 'the description, one line')
    .description(
      'Add an official repository, or change its description. Search lists it after the first push.',
    )
    .addHelpText('after', examples('official add centos --description "The official build of CentOS."'))
    .action(async (name: string, options: AddOptions) => {
      const { repository, added } = await withContext(modules, (app) =>
        app.get(OfficialRepositoriesService).add(name, { description: options.description }, operator),
      );
      printResult(
        options,
        { name: repository.fullName, description: repository.description, added },
        added
          ? `${repository.fullName} is an official repository now`
          : `${repository.fullName} was an official repository already`,
      );
    });
  official
    .command('remove')
    .argument('<name>', 'for example centos')
    .description(
      'Remove an official repository: no new token grants access to it, and a job deletes its images.',
    )
    .addHelpText('after', examples('official remove centos'))
    .action(async (name: string, options: OutputOptions) => {
      await withContext(modules, (app) => app.get(OfficialRepositoriesService).remove(name, operator));
      printResult(options, { name, removed: true }, `${name} was removed`);
    });
  official
    .command('import')
    .argument('<file>', 'JSON lines {name, short_description, tags_count}, plain or gzip')
    .description(
      'Add many official repositories. Search lists those with a tags_count above 0 immediately, without a push.',
    )
    .addHelpText('after', examples('official import official-images.jsonl'))
    .action(async (file: string, options: OutputOptions) => {
      await withContext(modules, (app) =>
        importFile(file, options, (bytes, listeners) =>
          app.get(OfficialRepositoriesService).import(bytes, { actor: operator, ...listeners }),
        ),
      );
    });
}

function listCommand(official: Command): void {
  official
    .command('list')
    .description(
      'List the official repositories by name, with the registry of each. One that was never pushed has none.',
    )
    .option('--limit <repositories>', 'maximum number of repositories (default: all)', wholeNumber)
    .addHelpText('after', examples('official list', 'official list --json'))
    .action(async (options: ListOptions) => {
      await withContext(modules, (app) =>
        printList<OfficialRow>(options, {
          read: (after, limit) => app.get(OfficialRepositoriesService).list({ after: after?.name, limit }),
          toJson: (one) => ({
            name: one.name,
            description: one.description,
            visibility: one.visibility,
            registry: one.registry,
            stars: one.stars,
            pulls: one.pulls,
            created_at: one.createdAt.toISOString(),
            pushed_at: one.pushedAt?.toISOString() ?? null,
          }),
          toText: (one) =>
            `${one.name.padEnd(30)}  ${(one.registry ?? '-').padEnd(12)}  ${one.description}`.trimEnd(),
          none: 'no official repositories yet: add one with `official add`',
        }),
      );
    });
}
