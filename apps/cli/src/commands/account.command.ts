import { AccountsModule, AccountsService } from '@central-index/accounts';
import type { Command } from 'commander';
import { printResult, examples, type OutputOptions } from '../output';
import { withContext } from '../context';
import { operator } from '../operator';

/** `account`: manages accounts. */
export function accountCommands(program: Command): void {
  const account = program.command('account').description('Manage accounts.');
  account
    .command('unlock')
    .description('Unlock an account that is locked because of too many wrong passwords.')
    .argument('<name>', 'the account')
    .addHelpText('after', examples('account unlock alice'))
    .action(async (name: string, options: OutputOptions) => {
      const unlocked = await withContext(AccountsModule, (app) =>
        app.get(AccountsService).unlock(name, operator),
      );
      printResult(
        options,
        { name: unlocked.name, locked: false },
        `${unlocked.name} is unlocked: its password is accepted from every address`,
      );
    });
}
