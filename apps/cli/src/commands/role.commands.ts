import type { Command } from 'commander';
import { examples } from '../output';
import { runRole } from '../start/run-role';
import { start } from '../start/start';

const stopping =
  '\nOn SIGINT (Ctrl-C) or SIGTERM it finishes running requests and jobs, then stops; a second signal kills the processes.';

/** The names of the commands that `roleCommands` adds. */
export const roleNames: readonly string[] = ['start', 'server', 'worker'];

/** `start`, `server` and `worker`, which run until they are stopped. */
export function roleCommands(program: Command): void {
  program
    .command('start')
    .description(
      'Run everything: the embedded PostgreSQL unless DATABASE_URL is set, migrations, SERVER_PROCESSES servers and a worker.',
    )
    .addHelpText('after', stopping)
    .addHelpText('after', examples('start', 'start # with PORT=9000 DATA_DIR=/srv/index in the environment'))
    .action(() => start());
  program
    .command('server')
    .description('Run SERVER_PROCESSES servers on a migrated database, without a worker.')
    .addHelpText('after', stopping)
    .addHelpText('after', examples('server # with DATABASE_URL and SECRET_KEY_FILE in the environment'))
    .action(() => runRole('server'));
  program
    .command('worker')
    .description('Run one worker, which processes jobs, on a migrated database.')
    .addHelpText('after', stopping)
    .addHelpText('after', examples('worker # with DATABASE_URL and SECRET_KEY_FILE in the environment'))
    .action(() => runRole('worker'));
}
