import { MovesService } from '@central-index/registry-sync';
import { PlacementRulesService } from '@central-index/repositories';
import type { Command } from 'commander';
import { printResult, examples, type OutputOptions } from '../output';
import { withContext } from '../context';
import { operator } from '../operator';
import { registryModules } from '../registry-modules';

interface PlaceOptions extends OutputOptions {
  readonly remove?: boolean;
}

interface MoveOptions extends OutputOptions {
  readonly deleteSource?: boolean;
}

/** `registry place`: lists, sets and removes placement rules. */
export function placeCommand(registry: Command): void {
  registry
    .command('place')
    .argument(
      '[pattern]',
      'namespaces (team-*) or names (team-*/app); without a pattern, the rules are listed',
    )
    .argument('[registry]', 'the registry that new repositories of these names must be pushed to')
    .description(
      'Set the registry that new repositories must be pushed to, by pattern. Pushes to other registries are refused ' +
        'with a message that names the right one. The longest matching pattern applies. Repositories that are placed ' +
        'already stay where they are.',
    )
    .option('--remove', 'remove the rule of this pattern')
    .addHelpText(
      'after',
      examples("registry place 'team-*' eu", "registry place 'team-*' --remove", 'registry place'),
    )
    .action(place);
}

async function place(
  pattern: string | undefined,
  registry: string | undefined,
  options: PlaceOptions,
  command: Command,
): Promise<void> {
  if (pattern !== undefined && (registry === undefined) !== (options.remove ?? false)) {
    command.error('give a pattern and a registry, or a pattern and --remove, or nothing');
  }
  const rules = await withContext(registryModules, async (app) => {
    const service = app.get(PlacementRulesService, { strict: false });
    if (pattern !== undefined && options.remove) await service.remove(pattern, operator);
    if (pattern !== undefined && registry !== undefined) await service.set(pattern, registry, operator);
    return service.list();
  });
  const text = rules.map((rule) => `${rule.pattern} is placed on ${rule.registry}`);
  printResult(
    options,
    rules,
    text.length > 0 ? text : 'no rules: a repository is placed on the registry of its first push',
  );
}

/** `registry move`: moves a repository to another registry. */
export function moveCommand(registry: Command): void {
  registry
    .command('move')
    .argument('<repository>', 'its name, for example alice/app')
    .argument('<registry>', 'the target registry')
    .description(
      'Copy the images of a repository to another registry and place it there. From then on it is pushed and pulled ' +
        'there only. If the command is interrupted, run it again to continue. The images at the source registry are ' +
        'kept unless --delete-source is given.',
    )
    .option('--delete-source', 'let the worker delete the images at the source registry afterwards')
    .addHelpText(
      'after',
      examples('registry move alice/app eu', 'registry move alice/app eu --delete-source'),
    )
    .action(async (repository: string, name: string, options: MoveOptions) => {
      const { deleteSource } = options;
      const move = await withContext(registryModules, (app) =>
        app.get(MovesService, { strict: false }).move(repository, name, operator, { deleteSource }),
      );
      printResult(options, move, `${move.name} is on ${move.to} now, with ${move.tags} tags`);
    });
}
