import { AccountsModule, InvitesService } from '@central-index/accounts';
import type { Command } from 'commander';
import { printResult, examples, type OutputOptions } from '../output';
import { withContext } from '../context';
import { operator } from '../operator';

interface CreateOptions extends OutputOptions {
  readonly email?: string;
}

/** `invite`: invites people where sign-up is by invitation. */
export function inviteCommands(program: Command): void {
  const invite = program.command('invite').description('Invite people to sign up (SIGN_UP=invite).');
  invite
    .command('create')
    .description('Make an invitation: good once, for seven days. Its code is shown this once.')
    .option('--email <address>', 'only for this e-mail address')
    .addHelpText('after', examples('invite create', 'invite create --email alice@example.org --json'))
    .action(async (options: CreateOptions) => {
      const { code, email, expiresAt } = await withContext(AccountsModule, (app) =>
        app.get(InvitesService).create({ email: options.email }, operator),
      );
      printResult(options, { code, email, expires_at: expiresAt.toISOString() }, [
        code,
        `to be sent as "invite" when signing up, until ${expiresAt.toISOString().slice(0, 10)}`,
      ]);
    });
}
