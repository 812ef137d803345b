import { MovesService } from '@central-index/registry-sync';
import { PlacementRulesService } from '@central-index/repositories';
import type { Command } from 'commander';
import { printResult, examples, type OutputOptions } from '../output';
import { withContext } from '../context';
import { operator } from '../operator';
import { registryModules } from '../registry-modules';

interface MoveOptions extends OutputOptions {
  readonly deleteSource?: boolean;
}

/** `registry place` and `registry move`: where repositories lie. */
export function placementCommands(registry: Command): void {
  registry
    .command('place')
    .argument('[pattern]', 'namespaces, such as team-*, or names, such as team-*/app; none lists the rules')
    .argument('[registry]', 'where new repositories of that name belong')
    .description(
      'Say to which registry new repositories are pushed. Pushes elsewhere are refused, with the place in the ' +
        'message. Of several patterns that match, the longest holds. What lies somewhere already stays there.',
    )
    .option('--remove', 'forget the rule of this pattern')
    .addHelpText(
      'after',
      examples("registry place 'team-*' eu", "registry place 'team-*' --remove", 'registry place'),
    )
    .action(
      async (
        pattern: string | undefined,
        name: string | undefined,
        options: OutputOptions & { remove?: boolean },
        command: Command,
      ) => {
        if (pattern !== undefined && (name === undefined) !== (options.remove ?? false)) {
          command.error('give a pattern and a registry, or a pattern and --remove, or nothing');
        }
        const rules = await withContext(registryModules, async (app) => {
          const service = app.get(PlacementRulesService, { strict: false });
          if (pattern !== undefined && options.remove) await service.remove(pattern, operator);
          if (pattern !== undefined && name !== undefined) await service.set(pattern, name, operator);
          return service.list();
        });
        const text = rules.map((rule) => `${rule.pattern} belongs on ${rule.registry}`);
        printResult(
          options,
          rules,
          text.length > 0 ? text : 'no rules: a repository lies where it is pushed first',
        );
      },
    );

  registry
    .command('move')
    .argument('<repository>', 'its name, such as alice/app')
    .argument('<registry>', 'where it shall lie')
    .description(
      'Copy the images of a repository to another registry and place it there. From then on it is pushed and pulled ' +
        'there only. Run again after an interruption, it goes on. The old images stay where they are unless ' +
        '--delete-source is given.',
    )
    .option('--delete-source', 'have the worker delete the old images afterwards')
    .addHelpText(
      'after',
      examples('registry move alice/app eu', 'registry move alice/app eu --delete-source'),
    )
    .action(async (repository: string, name: string, options: MoveOptions) => {
      const { deleteSource } = options;
      const move = await withContext(registryModules, (app) =>
        app.get(MovesService, { strict: false }).move(repository, name, operator, { deleteSource }),
      );
      printResult(options, move, `${move.name} lies on ${move.to} now, with ${move.tags} tags`);
    });
}
