import { loadConfig } from '@central-index/platform/config';
import { migrate, schemaState } from '@central-index/platform/database';
import type { Command } from 'commander';
import { migrations } from '../../../../migrations';
import { printResult, examples, type OutputOptions } from '../output';
import { schemaBehind, schemaNewer } from '../cli.errors';
import { openDatabase } from '../database-access';

interface MigrateOptions extends OutputOptions {
  readonly check?: boolean;
}

/** `migrate`: migrates the schema, or checks whether it is current. */
export function migrateCommand(program: Command): void {
  program
    .command('migrate')
    .description(
      'Migrate the schema of the database to this version. Of several concurrent runs, one migrates and the others wait.',
    )
    .option('--check', 'change nothing; exit with 1 if the schema is not up to date')
    .addHelpText('after', examples('migrate', 'migrate --check && echo up to date'))
    .action(async (options: MigrateOptions) => {
      const config = loadConfig();
      const database = await openDatabase(config, { create: false, log: () => undefined });
      try {
        const { state, pending } = await schemaState(database.url, migrations);
        if (state === 'newer') throw schemaNewer();
        if (options.check) {
          if (state === 'behind') throw schemaBehind(pending.length);
          printResult(options, { state, pending }, 'the schema is up to date');
          return;
        }
        const ran = await migrate(database.url, migrations);
        const text = ran.length === 0 ? 'nothing to do: the schema is up to date' : `ran ${ran.join(', ')}`;
        printResult(options, { ran }, text);
      } finally {
        await database.close();
      }
    });
}
