import { AuditModule } from '@central-index/audit';
import { explanationLines, TokenExplainer, TokensModule } from '@central-index/tokens';
import type { Command } from 'commander';
import { printResult, examples, type OutputOptions } from '../output';
import { withContext } from '../context';

interface ExplainOptions extends OutputOptions {
  readonly account?: string;
  readonly accessToken?: string;
  readonly service: string;
  readonly scope: readonly string[];
}

/** `token`: tells why registries' tokens open what they open. */
export function tokenCommands(program: Command): void {
  const token = program.command('token').description("Understand the tokens that registries' clients get.");
  token
    .command('explain')
    .description('Tell why a scope would be granted or not: who asks, how it is read, which rule decides.')
    .option('--account <name>', 'who asks; nobody in particular when left out')
    .option('--access-token <id>', "with this one of the account's access tokens instead of its password")
    .requiredOption('--service <name>', 'the registry, by its service')
    .option('--scope <scope...>', 'what is asked for, such as repository:alice/app:pull,push', [])
    .addHelpText(
      'after',
      examples(
        'token explain --account alice --service main --scope repository:alice/app:pull,push',
        'token explain --service main --scope repository:centos:pull --json',
      ),
    )
    .action(async ({ json, ...question }: ExplainOptions) => {
      const { account, accessToken, service, scope } = question;
      const explanation = await withContext([AuditModule, TokensModule], (app) =>
        app.get(TokenExplainer).ask({ account, accessToken, service, scopes: scope }),
      );
      printResult({ json }, explanation, explanationLines(explanation));
    });
}
