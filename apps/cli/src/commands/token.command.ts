import { AuditModule } from '@central-index/audit';
import { explanationLines, TokenExplainer, TokensModule, type TokenExplanation } from '@central-index/tokens';
import type { Command } from 'commander';
import { printResult, examples, type OutputOptions } from '../output';
import { withContext } from '../context';

interface ExplainOptions extends OutputOptions {
  readonly account?: string;
  readonly accessToken?: string;
  readonly service: string;
  readonly scope: readonly string[];
}

/** `token`: explains what tokens grant. */
export function tokenCommands(program: Command): void {
  const token = program.command('token').description('Explain the tokens that clients of registries get.');
  token
    .command('explain')
    .description(
      'Explain why a scope would be granted or refused: the account, the parsed scope, and the deciding rule.',
    )
    .option('--account <name>', 'the account that requests the token (default: anonymous)')
    .option(
      '--access-token <id>',
      'authenticate with this access token of the account instead of its password',
    )
    .requiredOption('--service <name>', 'the service of the registry')
    .option('--scope <scope...>', 'the requested scopes, for example repository:alice/app:pull,push', [])
    .addHelpText(
      'after',
      examples(
        'token explain --account alice --service main --scope repository:alice/app:pull,push',
        'token explain --service main --scope repository:centos:pull --json',
      ),
    )
    .action(async (options: ExplainOptions) => {
      const { account, accessToken, service, scope } = options;
      const explanation = await withContext([AuditModule, TokensModule], (app) =>
        app.get(TokenExplainer).explainFor({ account, accessToken, service, scopes: scope }),
      );
      printResult(options, toJson(explanation), explanationLines(explanation));
    });
}

// The same as the REST API returns.
function toJson({ steps, scopes, refused, granted }: TokenExplanation): object {
  return {
    steps,
    scopes: scopes.map(({ requested: { type, name, actions }, ...rest }) => ({
      type,
      name,
      actions,
      ...rest,
    })),
    refused: refused ?? null,
    granted,
  };
}
