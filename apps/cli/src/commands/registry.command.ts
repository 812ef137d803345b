import {
  NotificationsService,
  RegistriesService,
  registryKinds,
  registryToJson,
  tokenAlgorithms,
  type Backlog,
  type Registry,
  type RegistryKind,
} from '@central-index/registries';
import {
  AdoptionService,
  ReconcileResultsService,
  toReconcileJson,
  type ReconcileResult,
} from '@central-index/registry-sync';
import { PlacementsService } from '@central-index/repositories';
import { Option, type Command } from 'commander';
import { printResult, examples, type OutputOptions } from '../output';
import { withContext } from '../context';
import { operator } from '../operator';
import { addRegistry, type AddOptions } from '../registry-addition';
import { registryModules } from '../registry-modules';
import { moveCommand, placeCommand } from './placement.commands';
import { eventsCommand } from './registry-events.command';
import { fragmentCommand } from './registry-fragment.command';
import { setCommand } from './registry-set.command';
import { doctorCommand, reconcileCommand } from './registry-maintenance.commands';

/** `registry`: manages blob registries. */
export function registryCommands(program: Command): void {
  const registry = program.command('registry').description('Manage the blob registries of this index.');
  addCommand(registry);
  registry
    .command('list')
    .description(
      'List the registries with their pending and parked events, the number of names that `registry adopt` can ' +
        'adopt, and the alarm of the last reconcile.',
    )
    .addHelpText('after', examples('registry list', 'registry list --json'))
    .action(async (options: OutputOptions) => {
      await withContext(registryModules, async (app) => {
        const list = await app.get(RegistriesService, { strict: false }).list();
        const backlogs = await app.get(NotificationsService, { strict: false }).backlogs();
        const reconciles = await app.get(ReconcileResultsService, { strict: false }).latest();
        const rows = list.map((one) => toJson(one, backlogs.get(one.id), reconciles.get(one.name)));
        const text = rows.map((one) =>
          [
            one.name.padEnd(12),
            one.kind.padEnd(13),
            one.url,
            `events: ${one.pending} pending, ${one.parked} parked`,
            ...(one.reconcile?.unclaimed ? [`${one.reconcile.unclaimed} names to adopt`] : []),
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
      'Remove a registry: no tokens are issued for it and its events are refused from now on. Fails while repositories ' +
        'are placed on it, unless --orphan is given.',
    )
    .option(
      '--orphan',
      'hide the repositories that are placed on it, until they are pushed to another registry',
    )
    .addHelpText('after', examples('registry remove old', 'registry remove lost --orphan'))
    .action(async (name: string, options: OutputOptions & { orphan?: boolean }) => {
      const hidden = await withContext(registryModules, (app) =>
        app
          .get(PlacementsService, { strict: false })
          .removeRegistry(name, { hideOrphans: options.orphan ?? false }, operator),
      );
      const orphans =
        hidden === 0 ? '' : `; ${hidden} repositories are hidden until they are pushed to another registry`;
      printResult(options, { name, hidden }, `removed registry ${name}${orphans}`);
    });
  setCommand(registry);
  fragmentCommand(registry);
  adoptCommand(registry);
  reconcileCommand(registry);
  doctorCommand(registry);
  eventsCommand(registry);
  placeCommand(registry);
  moveCommand(registry);
}

function addCommand(registry: Command): void {
  registry
    .command('add')
    .argument('<name>', 'its name in this index: lower-case letters, digits and dashes')
    .description(
      'Register a blob registry and print its configuration fragment, or write it with --config. The registry need not ' +
        'be running. The fragment contains a secret that is not shown again.',
    )
    .requiredOption('--url <url>', 'its URL for this index, for example http://localhost:5000')
    .option(
      '--host <host>',
      'its host in image references of clients; several, with commas, of a v1 registry (default: from --url)',
    )
    .option(
      '--hook-url <url>',
      'the URL of this index to which the registry sends events (default: PUBLIC_URL)',
    )
    .option('--service <service>', 'its service, the audience of its tokens (default: its name)')
    .addOption(
      new Option('--kind <kind>', 'registry software').choices([...registryKinds]).default('distribution2'),
    )
    .addOption(new Option('--for <kind>', 'former name of --kind').choices([...registryKinds]).hideHelp())
    .addOption(
      new Option(
        '--algorithm <algorithm>',
        'signature algorithm of its tokens; RS256 only for registries that cannot verify ES256',
      )
        .choices([...tokenAlgorithms])
        .default('ES256'),
    )
    .option('--config <file>', 'write the fragment to this new file, and the certificate to <file>.ca.pem')
    .option('--full-config', 'a whole configuration instead of the fragment, to start a new registry with')
    .addHelpText(
      'after',
      examples(
        'registry add main --url http://localhost:5000 --kind distribution2 --config registry.part.yml',
        'registry add eu --url http://10.0.0.7:5000 --host eu.example.org --kind distribution3 > eu.part.yml',
        'registry add classic --url http://localhost:5002 --kind v1',
        'registry add zot --url http://localhost:5001 --kind zot --full-config --config zot.json',
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
    .argument('<pattern>', 'names in its catalog; * matches within one component')
    .description(
      'Create repositories for unclaimed names in the catalog of a registry, and read their tags. Missing namespaces ' +
        'are created without an owner. Names without a slash are adopted if an official repository with that name ' +
        'exists.',
    )
    .addOption(
      new Option('--visibility <visibility>', 'visibility of the created repositories')
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
          ...skipped.map((one) => `skipped ${one.name}: ${one.reason}`),
          `${adopted.length} adopted, ${skipped.length} skipped`,
        ]);
      },
    );
}

function toJson(registry: Registry, backlog?: Backlog, reconcile?: ReconcileResult) {
  return {
    ...registryToJson(registry),
    pending: backlog?.pending ?? 0,
    parked: backlog?.parked ?? 0,
    reconcile: reconcile === undefined ? null : toReconcileJson(reconcile),
  };
}
