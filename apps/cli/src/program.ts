import { packageVersion } from '@central-index/platform/config';
import { Command } from 'commander';
import { accountCommands } from './commands/account.command';
import { adminCommands } from './commands/admin.command';
import { inviteCommands } from './commands/invite.command';
import { importCommand } from './commands/import.command';
import { keysCommands } from './commands/keys.command';
import { migrateCommand } from './commands/migrate.command';
import { namespaceCommands } from './commands/namespace.commands';
import { officialCommands } from './commands/official.commands';
import { registryCommands } from './commands/registry.command';
import { roleCommands } from './commands/role.commands';
import { searchCommands } from './commands/search.commands';
import { asOneLine } from './failure';
import { tokenCommands } from './commands/token.command';

/**
 * The command line. Each file in `commands/` registers a group of commands; the order below is that of the help.
 * `--json` is added here, so that every command has it.
 */
export function createProgram(): Command {
  const program = new Command('central-index')
    .description('An index for container images: accounts, names, search, and tokens that registries verify.')
    .version(packageVersion)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ outputError: (text, write) => write(asOneLine(text)) })
    .addHelpText(
      'after',
      `
Configuration is read from the environment; .env.example lists every variable.

Examples:
  $ central-index start                       run the database, migrations, servers and worker
  $ central-index migrate --check             check whether the schema of the database is current
  $ central-index help start                  show what a command does, and its options`,
    );

  roleCommands(program);
  migrateCommand(program);
  adminCommands(program);
  accountCommands(program);
  inviteCommands(program);
  officialCommands(program);
  namespaceCommands(program);
  keysCommands(program);
  tokenCommands(program);
  importCommand(program);
  registryCommands(program);
  searchCommands(program);

  addJsonOption(program);
  return program;
}

function addJsonOption(command: Command): void {
  if (command.commands.length === 0) command.option('--json', 'print the result as JSON');
  command.commands.forEach(addJsonOption);
}
