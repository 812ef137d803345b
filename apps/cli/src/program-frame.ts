import { packageVersion } from '@central-index/platform/config';
import { Command } from 'commander';
import { UsageError } from './failure';

/** The command line without its commands. `register` adds them; each then gets `--json`. */
export function createFrame(register: (program: Command) => void): Command {
  const program = new Command('central-index')
    .description('An index for container images: accounts, names, search, and tokens that registries verify.')
    .version(packageVersion)
    .configureHelp({ showGlobalOptions: true })
    // Reported where all errors are.
    .configureOutput({ outputError: () => undefined })
    .addHelpText(
      'after',
      `
Configuration is read from the environment; .env.example lists every variable.

Examples:
  $ central-index start                       run the database, migrations, servers and worker
  $ central-index migrate --check             check whether the schema of the database is current
  $ central-index help start                  show what a command does, and its options

Exit codes: 0 done, 1 failed (or a check found something), 2 wrong usage, 3 an import skipped invalid rows.
With --json, results are JSON on standard output, and errors on standard error, in the format of the REST API.`,
    );
  register(program);
  addJsonOption(program);
  throwUsageErrors(program, program.name());
  return program;
}

function addJsonOption(command: Command): void {
  if (command.commands.length === 0) command.option('--json', 'print the result as JSON');
  command.commands.forEach(addJsonOption);
}

// Commander would exit with 1, as failed commands do. Help and version are thrown as they are.
function throwUsageErrors(command: Command, path: string): void {
  command.exitOverride((error) => {
    const isHelp = /^commander\.(help|helpDisplayed|version)$/.test(error.code);
    throw isHelp ? error : new UsageError(path, error);
  });
  for (const one of command.commands) throwUsageErrors(one, `${path} ${one.name()}`);
}
