import {
  ReconcilerService,
  RegistryDoctor,
  toReconcileJson,
  type RegistryCheck,
  type ReconcileResult,
} from '@central-index/registry-sync';
import type { Command } from 'commander';
import { printResult, examples, type OutputOptions } from '../output';
import { withContext } from '../context';
import { wholeNumber } from '../whole-number';
import { registryModules } from '../registry-modules';

interface ReconcileOptions extends OutputOptions {
  readonly dryRun?: boolean;
  readonly full?: boolean;
  readonly limit?: number;
}

/** `registry reconcile`: makes the index equal to a registry. */
export function reconcileCommand(registry: Command): void {
  registry
    .command('reconcile')
    .argument('<name>', 'the registry')
    .description(
      'Read the tags of a registry and correct the index: new tags are added immediately, missing tags are deleted ' +
        'after two reconciles if the registry responds 404 for them. Fails, and deletes nothing, if not everything ' +
        'could be read or if more tags are missing than the limit allows.',
    )
    .option('--dry-run', 'report what would change, without changing anything')
    .option('--full', 'read the digest of every tag, not only of those that a push may have moved')
    .option('--limit <repositories>', 'maximum number of repositories that may lose tags', wholeNumber)
    .addHelpText(
      'after',
      examples(
        'registry reconcile main --dry-run',
        'registry reconcile main --full',
        'registry reconcile main --limit 400',
      ),
    )
    .action(async (name: string, options: ReconcileOptions) => {
      const reconcile = await withContext(registryModules, (app) =>
        app.get(ReconcilerService, { strict: false }).reconcile(name, options),
      );
      printResult(options, toReconcileJson(reconcile), describe(reconcile, options.dryRun ?? false));
      if (reconcile.error ?? reconcile.alarm) process.exitCode = 1;
    });
}

function describe(reconcile: ReconcileResult, dryRun: boolean): string[] {
  const seconds = (reconcile.finishedAt.getTime() - reconcile.startedAt.getTime()) / 1000;
  return [
    `read ${reconcile.repositories} repositories of ${reconcile.registry} in ${seconds.toFixed(1)} s`,
    `tags: ${reconcile.added} ${dryRun ? 'would be added or moved' : 'added or moved'}, ${reconcile.deleted} deleted, ` +
      `${reconcile.missing} missing`,
    ...(reconcile.unclaimed > 0
      ? [
          `${reconcile.unclaimed} names are unclaimed: adopt them with ` +
            `\`central-index registry adopt ${reconcile.registry} '*/*'\` ('*' for official ones)`,
        ]
      : []),
    ...(reconcile.error === null ? [] : [`not everything could be read: ${reconcile.error}`]),
    ...(reconcile.alarm === null ? [] : [`ALARM: ${reconcile.alarm}`]),
  ];
}

/** `registry doctor`: diagnoses a registry. */
export function doctorCommand(registry: Command): void {
  registry
    .command('doctor')
    .argument('<name>', 'the registry')
    .description(
      'Diagnose a registry: whether it is reachable, refers clients to this index, accepts valid tokens only, sends ' +
        'events, and stores what the index lists. Changes nothing. Fails on problems that stop clients or lose events; ' +
        'other problems are warnings.',
    )
    .addHelpText('after', examples('registry doctor main', 'registry doctor main --json'))
    .action(async (name: string, options: OutputOptions) => {
      const checks = await withContext(registryModules, (app) =>
        app.get(RegistryDoctor, { strict: false }).diagnose(name),
      );
      const healthy = !checks.some(({ status }) => status === 'failed');
      printResult(
        options,
        { registry: name, healthy, checks: checks.map((check) => ({ ...check, hint: check.hint ?? null })) },
        checks.flatMap(checkLines),
      );
      if (!healthy) process.exitCode = 1;
    });
}

function checkLines({ name, status, detail, hint }: RegistryCheck): string[] {
  const first = `${status.toUpperCase().padEnd(8)} ${name.padEnd(14)} ${detail}`;
  return hint === undefined ? [first] : [first, `${' '.repeat(24)}-> ${hint}`];
}
