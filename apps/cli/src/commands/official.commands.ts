import { AuditModule } from '@central-index/audit';
import { OfficialRepositoriesService, RepositoriesModule } from '@central-index/repositories';
import type { Command } from 'commander';
import { printResult, examples, type OutputOptions } from '../output';
import { withContext } from '../context';
import { importFile } from '../import-file';
import { operator } from '../operator';

interface AddOptions extends OutputOptions {
  readonly description?: string;
}

const rooms = [AuditModule, RepositoriesModule];

/** `official`: top-level repositories, such as `centos`. */
export function officialCommands(program: Command): void {
  const official = program
    .command('official')
    .description('Look after top-level repositories, which administrators push to and everybody pulls.');
  official
    .command('add')
    .argument('<name>', 'such as centos')
    .option('--description <text>', 'one line that search shows')
    .description(
      'Add a top-level repository, or change its description. Search lists it once an image was pushed.',
    )
    .addHelpText('after', examples('official add centos --description "The official build of CentOS."'))
    .action(async (name: string, options: AddOptions) => {
      const { repository, added } = await withContext(rooms, (app) =>
        app.get(OfficialRepositoriesService).add(name, { description: options.description }, operator),
      );
      printResult(
        options,
        { name: repository.fullName, description: repository.description, added },
        added
          ? `${repository.fullName} is an official repository now`
          : `${repository.fullName} was official already`,
      );
    });
  official
    .command('remove')
    .argument('<name>', 'such as centos')
    .description('Remove a top-level repository: no new token opens it, and a job deletes its images.')
    .addHelpText('after', examples('official remove centos'))
    .action(async (name: string, options: OutputOptions) => {
      await withContext(rooms, (app) => app.get(OfficialRepositoriesService).remove(name, operator));
      printResult(options, { name, removed: true }, `${name} was removed`);
    });
  official
    .command('import')
    .argument('<file>', 'JSON lines {name, short_description, tags_count}, plain or gzip')
    .description('Add many top-level repositories. One that has tags elsewhere is listed by search at once.')
    .addHelpText('after', examples('official import official-images.jsonl'))
    .action(async (file: string, options: OutputOptions) => {
      await withContext(rooms, (app) =>
        importFile(file, options, (bytes, progress) =>
          app.get(OfficialRepositoriesService).import(bytes, { actor: operator, progress }),
        ),
      );
    });
}
