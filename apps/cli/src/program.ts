import type { Command } from 'commander';
import { accountCommands } from './commands/account.command';
import { adminCommands } from './commands/admin.command';
import { databaseCommands } from './commands/database.commands';
import { inviteCommands } from './commands/invite.command';
import { doctorCommand } from './commands/doctor.command';
import { importCommand } from './commands/import.command';
import { keysCommands } from './commands/keys.command';
import { migrateCommand } from './commands/migrate.command';
import { namespaceCommands } from './commands/namespace.commands';
import { officialCommands } from './commands/official.commands';
import { registryCommands } from './commands/registry.command';
import { roleCommands } from './commands/role.commands';
import { searchCommands } from './commands/search.commands';
import { tokenCommands } from './commands/token.command';
import { createFrame } from './program-frame';

/** The command line. Each file in `commands/` registers a group of commands; the order below is that of the help. */
export function createProgram(): Command {
  return createFrame((program) => {
    roleCommands(program);
    migrateCommand(program);
    doctorCommand(program);
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
    databaseCommands(program);
  });
}
