import 'reflect-metadata';
import type { Command } from 'commander';
import { roleCommands, roleNames } from './commands/role.commands';
import { reportFailure } from './failure';
import { createFrame } from './program-frame';

/** The commands that `name` can refer to. A supervisor runs for days, and does not load what only others need. */
async function programFor(name = ''): Promise<Command> {
  if (roleNames.includes(name)) return createFrame(roleCommands);
  const { createProgram } = await import('./program.js');
  return createProgram();
}

// Not process.exit, which would truncate output to a pipe. Tests find handles that keep the process alive.
programFor(process.argv[2])
  .then((program) => program.parseAsync())
  .catch((error: unknown) => {
    process.exitCode = reportFailure(error, { json: process.argv.includes('--json') });
  });
