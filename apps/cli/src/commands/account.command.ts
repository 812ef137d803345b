import {
  AccountAdministration,
  AccountsModule,
  AccountsService,
  PasswordResetsService,
  accountToJson,
  isDeleted,
  type Account,
} from '@central-index/accounts';
import { NamespacesModule, NamespacesService } from '@central-index/namespaces';
import { CONFIG, type Config } from '@central-index/platform/config';
import { notFound } from '@central-index/platform/errors';
import type { Command } from 'commander';
import { withContext } from '../context';
import { printList, type ListOptions } from '../listing';
import { operator } from '../operator';
import { examples, printResult, type OutputOptions } from '../output';
import { wholeNumber } from '../whole-number';

const maxNamespacesShown = 1_000;

/** `account`: manages accounts. */
export function accountCommands(program: Command): void {
  const account = program.command('account').description('Manage accounts.');
  listCommand(account);
  showCommand(account);
  unlockCommand(account);
  enablingCommands(account);
  deleteCommand(account);
  resetPasswordCommand(account);
}

function listCommand(account: Command): void {
  account
    .command('list')
    .description('List the accounts, newest first, deleted ones included: their names stay taken.')
    .option('--limit <accounts>', 'maximum number of accounts (default: all)', wholeNumber)
    .addHelpText('after', examples('account list', 'account list --limit 20 --json'))
    .action(async (options: ListOptions) => {
      await withContext(AccountsModule, (app) =>
        printList<Account>(options, {
          read: (after, limit) => app.get(AccountsService).list({ before: after?.id, limit }),
          toJson: accountToJson,
          toText: (one) =>
            [one.name.padEnd(30), one.createdAt.toISOString().slice(0, 10), one.email ?? '-', stateOf(one)]
              .join('  ')
              .trimEnd(),
          none: 'no accounts yet: create an administrator with `admin create`',
        }),
      );
    });
}

function showCommand(account: Command): void {
  account
    .command('show')
    .description('Show an account: its state, namespaces, sessions and access tokens.')
    .argument('<name>', 'the account')
    .addHelpText('after', examples('account show alice', 'account show alice --json'))
    .action(async (name: string, options: OutputOptions) => {
      await withContext([AccountsModule, NamespacesModule], async (app) => {
        const found = await app.get(AccountsService).find(name);
        if (found === undefined) throw notFound('account', name);
        const { sessions, accessTokens, locked } = await app.get(AccountAdministration).usage(found);
        const owned = await app.get(NamespacesService).list({ owner: found.name, limit: maxNamespacesShown });
        const namespaces = owned.map((one) => one.name);
        const data = { ...accountToJson(found), locked, namespaces, access_tokens: accessTokens, sessions };
        printResult(options, data, [
          `name           ${found.name}`,
          `state          ${[stateOf(found) || 'active', ...(locked ? ['locked'] : [])].join(', ')}`,
          `e-mail         ${found.email ?? '-'}${found.emailVerified || found.email === null ? '' : ' (not verified)'}`,
          `created        ${found.createdAt.toISOString()}`,
          `namespaces     ${namespaces.join(', ') || '-'}`,
          `access tokens  ${accessTokens}`,
          `sessions       ${sessions}`,
        ]);
      });
    });
}

function unlockCommand(account: Command): void {
  account
    .command('unlock')
    .description('Unlock an account that is locked because of too many wrong passwords.')
    .argument('<name>', 'the account')
    .addHelpText('after', examples('account unlock alice'))
    .action(async (name: string, options: OutputOptions) => {
      const unlocked = await withContext(AccountsModule, (app) =>
        app.get(AccountAdministration).unlock(name, operator),
      );
      printResult(
        options,
        { name: unlocked.name, locked: false },
        `${unlocked.name} is unlocked: its password is accepted from every address`,
      );
    });
}

function enablingCommands(account: Command): void {
  account
    .command('disable')
    .description(
      'Disable an account: signing in as it is refused, its sessions and logins end, and its access tokens are refused. ' +
        'Its repositories stay. A token that a registry got before can be used for TOKEN_TTL.',
    )
    .argument('<name>', 'the account')
    .addHelpText('after', examples('account disable alice'))
    .action(async (name: string, options: OutputOptions) => {
      const disabled = await withContext(AccountsModule, (app) =>
        app.get(AccountAdministration).disable(name, operator),
      );
      printResult(
        options,
        accountToJson(disabled),
        `${disabled.name} is disabled: signing in as it is refused`,
      );
    });
  account
    .command('enable')
    .description('Enable a disabled account, with the password and the access tokens that it had.')
    .argument('<name>', 'the account')
    .addHelpText('after', examples('account enable alice'))
    .action(async (name: string, options: OutputOptions) => {
      const enabled = await withContext(AccountsModule, (app) =>
        app.get(AccountAdministration).enable(name, operator),
      );
      printResult(options, accountToJson(enabled), `${enabled.name} can sign in`);
    });
}

function deleteCommand(account: Command): void {
  account
    .command('delete')
    .description(
      'Delete an account permanently, as its owner can: its credentials, stars and private repositories are deleted, and ' +
        'its name can never be registered again. Its public repositories stay in namespaces without an owner, which ' +
        '`namespace assign` gives to another account.',
    )
    .argument('<name>', 'the account')
    .addHelpText('after', examples('account delete alice'))
    .action(async (typed: string, options: OutputOptions) => {
      const name = await withContext(AccountsModule, (app) =>
        app.get(AccountAdministration).delete(typed, operator),
      );
      printResult(options, { username: name, deleted: true }, `${name} is deleted`);
    });
}

function resetPasswordCommand(account: Command): void {
  account
    .command('reset-password')
    .description(
      'Print a link that sets the password of an account, once, within an hour; a new link replaces the former one. ' +
        'Until it is used, the password stays. Using it ends the sessions and the logins of docker clients.',
    )
    .argument('<name>', 'the account')
    .addHelpText('after', examples('account reset-password alice'))
    .action(async (typed: string, options: OutputOptions) => {
      await withContext(AccountsModule, async (app) => {
        const { name, token, expiresAt } = await app.get(PasswordResetsService).create(typed, operator);
        const { server } = app.get<Config>(CONFIG, { strict: false });
        const link = `${server.publicUrl}/api/v1/password-resets/${token}`;
        const expires = expiresAt.toISOString();
        printResult(options, { username: name, link, expires_at: expires }, [
          link,
          `send it to ${name}: it sets the password until ${expires}, with`,
          `  curl ${link} -H 'Content-Type: application/json' -d '{"password":"…"}'`,
        ]);
      });
    });
}

function stateOf(account: Account): string {
  const { administrator, disabled } = account;
  if (isDeleted(account)) return 'deleted';
  return [...(administrator ? ['administrator'] : []), ...(disabled ? ['disabled'] : [])].join(', ');
}
