import { toAccountName } from '@central-index/accounts';
import { AuditModule } from '@central-index/audit';
import { NamespacesModule, NamespacesService } from '@central-index/namespaces';
import type { Command } from 'commander';
import { printResult, examples, type OutputOptions } from '../output';
import { withContext } from '../context';
import { operator } from '../operator';

interface AssignOptions extends OutputOptions {
  readonly to: string;
}

/** `namespace`: manages the owners of namespaces. */
export function namespaceCommands(program: Command): void {
  const namespace = program.command('namespace').description('Manage the owners of namespaces.');
  namespace
    .command('assign')
    .argument('<namespace>', 'the first component of names, for example alice in alice/app')
    .requiredOption('--to <account>', 'the new owner')
    .description(
      'Assign a namespace to an account, in place of its owner if it has one. Imported namespaces have none.',
    )
    .addHelpText('after', examples('namespace assign acme --to alice'))
    .action(async (name: string, options: AssignOptions) => {
      const assigned = await withContext([AuditModule, NamespacesModule], (app) =>
        app.get(NamespacesService).assign(name, options.to, operator),
      );
      const owner = toAccountName(options.to);
      printResult(options, { namespace: assigned.name, owner }, `${assigned.name} belongs to ${owner} now`);
    });
}
