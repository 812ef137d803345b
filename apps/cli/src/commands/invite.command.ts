import { AccountsModule, InvitesService } from '@central-index/accounts';
import type { Command } from 'commander';
import { printResult, examples, type OutputOptions } from '../output';
import { withContext } from '../context';
import { operator } from '../operator';

interface CreateOptions extends OutputOptions {
  readonly email?: string;
}

/** `invite`: manages invitations for SIGN_UP=invite. */
export function inviteCommands(program: Command): void {
  const invite = program.command('invite').description('Manage invitations to sign up (SIGN_UP=invite).');
  invite
    .command('create')
    .description('Create an invitation that is valid once, within seven days. Its code is not shown again.')
    .option('--email <address>', 'restrict the invitation to this e-mail address')
    .addHelpText('after', examples('invite create', 'invite create --email alice@example.org --json'))
    .action(async (options: CreateOptions) => {
      const { code, email, expiresAt } = await withContext(AccountsModule, (app) =>
        app.get(InvitesService).create({ email: options.email }, operator),
      );
      printResult(options, { code, email, expires_at: expiresAt.toISOString() }, [
        code,
        `send it as "invite" at sign-up, until ${expiresAt.toISOString().slice(0, 10)}`,
      ]);
    });
}
