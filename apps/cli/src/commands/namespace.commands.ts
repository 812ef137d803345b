import { toAccountName } from '@central-index/accounts';
import { AuditModule } from '@central-index/audit';
import { NamespacesModule, NamespacesService, type NamespaceListRow } from '@central-index/namespaces';
import { Option, type Command } from 'commander';
import { printResult, examples, type OutputOptions } from '../output';
import { withContext } from '../context';
import { printList, type ListOptions } from '../listing';
import { operator } from '../operator';
import { wholeNumber } from '../whole-number';

interface NamespaceListOptions extends ListOptions {
  readonly owner?: string;
  readonly unowned?: boolean;
}

interface AssignOptions extends OutputOptions {
  readonly to: string;
}

/** `namespace`: manages the owners of namespaces. */
export function namespaceCommands(program: Command): void {
  const namespace = program.command('namespace').description('Manage the owners of namespaces.');
  listCommand(namespace);
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

function listCommand(namespace: Command): void {
  namespace
    .command('list')
    .description(
      'List the namespaces by name, with their owners. Imported ones have none until one is assigned.',
    )
    .option('--owner <account>', 'those of this account only')
    .addOption(new Option('--unowned', 'those without an owner only').conflicts('owner'))
    .option('--limit <namespaces>', 'maximum number of namespaces (default: all)', wholeNumber)
    .addHelpText(
      'after',
      examples('namespace list', 'namespace list --owner alice', 'namespace list --unowned --json'),
    )
    .action(async (options: NamespaceListOptions) => {
      const { owner, unowned } = options;
      await withContext([AuditModule, NamespacesModule], (app) =>
        printList<NamespaceListRow>(options, {
          read: (after, limit) =>
            app.get(NamespacesService).list({ after: after?.name, limit, owner, unowned }),
          toJson: (one) => ({
            name: one.name,
            owner: one.owner,
            origin: one.origin,
            default_visibility: one.defaultVisibility,
            created_at: one.createdAt.toISOString(),
          }),
          toText: (one) => `${one.name.padEnd(30)}  ${one.owner ?? '-'}`,
          none: 'no such namespaces',
        }),
      );
    });
}
