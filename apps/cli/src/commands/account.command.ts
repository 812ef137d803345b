import { AccountsModule, AccountsService } from '@central-index/accounts';
import type { Command } from 'commander';
import { printResult, examples, type OutputOptions } from '../output';
import { withContext } from '../context';
import { operator } from '../operator';

/** `account`: helps people with their accounts. */
export function accountCommands(program: Command): void {
  const account = program.command('account').description('Help people with their accounts.');
  account
    .command('unlock')
    .description('End the lock that too many wrong passwords put on an account.')
    .argument('<name>', 'the account')
    .addHelpText('after', examples('account unlock alice'))
    .action(async (name: string, options: OutputOptions) => {
      await withContext(AccountsModule, (app) => app.get(AccountsService).unlock(name, operator));
      printResult(options, { name, locked: false }, `${name} takes its password from everywhere again`);
    });
}
