import {
  NotificationsService,
  RegistriesService,
  registryKinds,
  tokenAlgorithms,
  type Backlog,
  type Registry,
  type RegistryKind,
} from '@central-index/registries';
import { AdoptionService, ReconcileResultsService, type ReconcileResult } from '@central-index/registry-sync';
import { PlacementsService } from '@central-index/repositories';
import { Option, type Command } from 'commander';
import { printResult, examples, type OutputOptions } from '../output';
import { withContext } from '../context';
import { operator } from '../operator';
import { addRegistry, type AddOptions } from '../registry-addition';
import { registryModules } from '../registry-modules';
import { placementCommands } from './placement.commands';
import { eventsCommand } from './registry-events.command';
import { doctorCommand, reconcileCommand, reconcileRow } from './registry-maintenance.commands';

/** `registry`: manages the blob registries that the index serves. */
export function registryCommands(program: Command): void {
  const registry = program
    .command('registry')
    .description('Manage the blob registries that this index serves.');
  addCommand(registry);
  registry
    .command('list')
    .description(
      'List the registries, with the events that wait or were parked, and the alarm of the last reconcile.',
    )
    .addHelpText('after', examples('registry list', 'registry list --json'))
    .action(async (options: OutputOptions) => {
      await withContext(registryModules, async (app) => {
        const list = await app.get(RegistriesService, { strict: false }).list();
        const backlogs = await app.get(NotificationsService, { strict: false }).backlogs();
        const reconciles = await app.get(ReconcileResultsService, { strict: false }).latest();
        const rows = list.map((one) => row(one, backlogs.get(one.id), reconciles.get(one.name)));
        const text = rows.map((one) =>
          [
            one.name.padEnd(12),
            one.kind.padEnd(13),
            one.url,
            `events: ${one.pending} pending, ${one.parked} parked`,
            ...(one.reconcile?.alarm ? [`ALARM: ${one.reconcile.alarm}`] : []),
          ].join('  '),
        );
        printResult(options, rows, text.length > 0 ? text : 'no registries yet: add one with `registry add`');
      });
    });
  registry
    .command('remove')
    .argument('<name>', 'the registry')
    .description(
      'Remove a registry: from now on it gets no tokens and its reports are refused. Refuses while repositories are ' +
        'placed on it.',
    )
    .option('--orphan', 'hide the repositories that are placed on it, until they are pushed elsewhere')
    .addHelpText('after', examples('registry remove old', 'registry remove lost --orphan'))
    .action(async (name: string, options: OutputOptions & { orphan?: boolean }) => {
      const hidden = await withContext(registryModules, (app) =>
        app
          .get(PlacementsService, { strict: false })
          .removeRegistry(name, { hideOrphans: options.orphan ?? false }, operator),
      );
      const orphans =
        hidden === 0 ? '' : `; ${hidden} repositories are hidden until they are pushed elsewhere`;
      printResult(options, { name, hidden }, `removed the registry ${name}${orphans}`);
    });
  adoptCommand(registry);
  reconcileCommand(registry);
  doctorCommand(registry);
  eventsCommand(registry);
  placementCommands(registry);
}

function addCommand(registry: Command): void {
  registry
    .command('add')
    .argument('<name>', 'what the index calls it: lower-case letters, digits and dashes')
    .description(
      'Register a blob registry and make the part of its configuration that concerns the index. The registry need ' +
        'not run yet. The part holds a secret that is not shown again.',
    )
    .requiredOption('--url <url>', 'where the index reaches it, such as http://localhost:5000')
    .option('--host <host>', 'what clients type before names (default: from --url)')
    .option('--hook-url <url>', 'origin of this index as the registry reaches it (default: PUBLIC_URL)')
    .option('--service <service>', 'what it calls itself in tokens (default: its name)')
    .addOption(
      new Option('--kind <kind>', 'registry software').choices([...registryKinds]).default('distribution2'),
    )
    .addOption(new Option('--for <kind>', 'former name of --kind').choices([...registryKinds]).hideHelp())
    .addOption(
      new Option(
        '--algorithm <algorithm>',
        'how its tokens are signed; RS256 only if it verifies nothing newer',
      )
        .choices([...tokenAlgorithms])
        .default('ES256'),
    )
    .option(
      '--config <file>',
      'write the part to a new file, with the certificate beside it as <file>.ca.pem',
    )
    .addHelpText(
      'after',
      examples(
        'registry add main --url http://localhost:5000 --kind distribution2 --config registry.part.yml',
        'registry add eu --url http://10.0.0.7:5000 --host eu.example.org --kind distribution3 > eu.part.yml',
      ),
    )
    .action((name: string, options: AddOptions & { for?: RegistryKind }) =>
      addRegistry(name, { ...options, kind: options.for ?? options.kind }),
    );
}

function adoptCommand(registry: Command): void {
  registry
    .command('adopt')
    .argument('<name>', 'the registry')
    .argument('<pattern>', 'names in its catalog; * stands for anything but a slash')
    .description(
      "Make repositories of unclaimed names in a registry's catalog and read their tags. Namespaces that do not " +
        'exist are made without an owner. Names without a slash are taken if an official repository of that name ' +
        'was added.',
    )
    .addOption(
      new Option('--visibility <visibility>', 'of the repositories that are made')
        .choices(['public', 'private'])
        .default('private'),
    )
    .addHelpText(
      'after',
      examples("registry adopt main 'alice/*'", "registry adopt main '*/*' --visibility public"),
    )
    .action(
      async (
        name: string,
        pattern: string,
        options: OutputOptions & { visibility: 'public' | 'private' },
      ) => {
        const { adopted, skipped } = await withContext(registryModules, (app) =>
          app.get(AdoptionService, { strict: false }).adopt(name, pattern, { ...options, actor: operator }),
        );
        printResult(options, { adopted, skipped }, [
          ...adopted.map((one) => `adopted ${one.name}, ${one.tags} tags`),
          ...skipped.map((one) => `left ${one.name}: ${one.reason}`),
          `${adopted.length} adopted, ${skipped.length} left`,
        ]);
      },
    );
}

function row(registry: Registry, backlog?: Backlog, reconcile?: ReconcileResult) {
  return {
    name: registry.name,
    url: registry.url,
    host: registry.host,
    hook_url: registry.hookUrl,
    service: registry.service,
    kind: registry.kind,
    token_ttl: registry.tokenTtl,
    token_algorithm: registry.tokenAlgorithm,
    created_at: registry.createdAt.toISOString(),
    pending: backlog?.pending ?? 0,
    parked: backlog?.parked ?? 0,
    reconcile: reconcile === undefined ? null : reconcileRow(reconcile),
  };
}
