import { AuditModule } from '@central-index/audit';
import { ImportService, RepositoriesModule } from '@central-index/repositories';
import type { Command } from 'commander';
import { examples, type OutputOptions } from '../output';
import { withContext } from '../context';
import { importFile } from '../import-file';
import { operator } from '../operator';

/** `import`: imports the metadata of repositories from another index. */
export function importCommand(program: Command): void {
  program
    .command('import')
    .argument('<file>', 'JSON lines, plain or gzip')
    .description(
      'Import the metadata of repositories from another index. Each line of the file is {namespace, name, ' +
        'description, star_count, pull_count, is_official, is_automated}. A repeated import changes only what differs. ' +
        'Imported namespaces have no owner until one is assigned; texts in namespaces with an owner are never changed. ' +
        'Invalid rows are skipped and listed, and the exit code is then 3.',
    )
    .addHelpText('after', examples('import repositories.jsonl.gz', 'namespace assign acme --to alice'))
    .action(async (file: string, options: OutputOptions) => {
      await withContext([AuditModule, RepositoriesModule], (app) =>
        importFile(file, options, (bytes, listeners) =>
          app.get(ImportService).run(bytes, { actor: operator, ...listeners }),
        ),
      );
    });
}
