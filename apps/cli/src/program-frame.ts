import { packageVersion } from '@central-index/platform/config';
import { Command } from 'commander';
import { asOneLine } from './failure';

/** The command line without its commands. `register` adds them; each then gets `--json`. */
export function createFrame(register: (program: Command) => void): Command {
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
  register(program);
  addJsonOption(program);
  return program;
}

function addJsonOption(command: Command): void {
  if (command.commands.length === 0) command.option('--json', 'print the result as JSON');
  command.commands.forEach(addJsonOption);
}
