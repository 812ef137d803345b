import { AccountAdministration, AccountsModule, type Account } from '@central-index/accounts';
import { NamespacesModule, SignUpService } from '@central-index/namespaces';
import type { Command } from 'commander';
import { printResult, examples, type OutputOptions } from '../output';
import { withContext } from '../context';
import { operator } from '../operator';
import { readPassword } from '../password-input';

interface CreateOptions extends OutputOptions {
  readonly email: string;
  readonly passwordStdin?: boolean;
}

/** `admin`: manages administrators. There is no other way to become one. */
export function adminCommands(program: Command): void {
  const admin = program.command('admin').description('Manage administrators. No default account exists.');
  admin
    .command('create')
    .description('Create an account that is an administrator, with the namespace of its name.')
    .argument('<name>', 'the name of the account; reserved names are allowed')
    .requiredOption('--email <address>', 'the e-mail address')
    .option('--password-stdin', 'read the password from standard input, up to the first line break')
    .addHelpText(
      'after',
      examples(
        'admin create olga --email olga@example.org',
        'admin create olga --email olga@example.org --password-stdin < password.txt',
      ),
    )
    .action(async (name: string, options: CreateOptions) => {
      const password = await readPassword({ fromStdin: options.passwordStdin ?? false });
      const account = await withContext([AccountsModule, NamespacesModule], (app) =>
        app.get(SignUpService).createAdministrator({ name, email: options.email, password }, operator),
      );
      printResult(options, toJson(account), `${name} is an administrator now`);
    });
  admin
    .command('grant')
    .description('Make an existing account an administrator.')
    .argument('<name>', 'the account')
    .addHelpText('after', examples('admin grant olga'))
    .action(async (name: string, options: OutputOptions) => {
      const granted = await setAdministrator(name, true);
      printResult(options, toJson(granted), `${granted.name} is an administrator now`);
    });
  admin
    .command('revoke')
    .description('Revoke the administrator role of an account.')
    .argument('<name>', 'the account')
    .addHelpText('after', examples('admin revoke olga'))
    .action(async (name: string, options: OutputOptions) => {
      const revoked = await setAdministrator(name, false);
      printResult(options, toJson(revoked), `${revoked.name} is not an administrator any more`);
    });
}

function setAdministrator(name: string, administrator: boolean): Promise<Account> {
  return withContext(AccountsModule, (app) =>
    app.get(AccountAdministration).setAdministrator(name, administrator, operator),
  );
}

function toJson(account: Account): Record<string, string | boolean | null> {
  return { name: account.name, email: account.email, administrator: account.administrator };
}
