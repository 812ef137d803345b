import { AuditModule } from '@central-index/audit';
import { NamespacesModule, NamespacesService } from '@central-index/namespaces';
import type { Command } from 'commander';
import { printResult, examples, type OutputOptions } from '../output';
import { withContext } from '../context';
import { operator } from '../operator';

interface AssignOptions extends OutputOptions {
  readonly to: string;
}

/** `namespace`: who owns a name. */
export function namespaceCommands(program: Command): void {
  const namespace = program.command('namespace').description('Say who owns a namespace.');
  namespace
    .command('assign')
    .argument('<namespace>', 'the first part of names, such as alice in alice/app')
    .requiredOption('--to <account>', 'the account that owns it from now on')
    .description(
      'Give a namespace to an account, whoever had it before; imported ones begin without an owner.',
    )
    .addHelpText('after', examples('namespace assign acme --to alice'))
    .action(async (name: string, options: AssignOptions) => {
      await withContext([AuditModule, NamespacesModule], (app) =>
        app.get(NamespacesService).assign(name, options.to, operator),
      );
      printResult(options, { namespace: name, owner: options.to }, `${name} belongs to ${options.to} now`);
    });
}
