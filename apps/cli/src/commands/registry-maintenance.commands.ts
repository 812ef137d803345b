import {
  ReconcilerService,
  RegistryDoctor,
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

/** `registry reconcile`. */
export function reconcileCommand(registry: Command): void {
  registry
    .command('reconcile')
    .argument('<name>', 'the registry')
    .description(
      'Read what a registry holds and make the index equal to it: add at once, remove only what two reconciles missed ' +
        'and the registry itself says not to have. Fails when not everything could be read, or when more is ' +
        'missing than can be believed; then nothing is removed.',
    )
    .option('--dry-run', 'tell what would be done, change nothing')
    .option('--full', 'ask for the digest of every tag, not only where a push may have moved one')
    .option('--limit <repositories>', 'let so many repositories lose tags, when you know why', wholeNumber)
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
      printResult(options, reconcileRow(reconcile), describe(reconcile, options.dryRun ?? false));
      if (reconcile.error ?? reconcile.alarm) process.exitCode = 1;
    });
}

/** A reconcile as commands print it in JSON. */
export function reconcileRow(reconcile: ReconcileResult): Record<string, string | number | null> {
  return {
    registry: reconcile.registry,
    started_at: reconcile.startedAt.toISOString(),
    finished_at: reconcile.finishedAt.toISOString(),
    repositories: reconcile.repositories,
    added: reconcile.added,
    removed: reconcile.deleted,
    missing: reconcile.missing,
    unclaimed: reconcile.unclaimed,
    failure: reconcile.error,
    alarm: reconcile.alarm,
  };
}

function describe(reconcile: ReconcileResult, dryRun: boolean): string[] {
  const seconds = (reconcile.finishedAt.getTime() - reconcile.startedAt.getTime()) / 1000;
  return [
    `read ${reconcile.repositories} repositories of ${reconcile.registry} in ${seconds.toFixed(1)} s`,
    `tags: ${reconcile.added} ${dryRun ? 'would be added or moved' : 'added or moved'}, ${reconcile.deleted} removed, ` +
      `${reconcile.missing} missing`,
    ...(reconcile.unclaimed > 0
      ? [`${reconcile.unclaimed} names are unclaimed: \`registry adopt\` takes them in`]
      : []),
    ...(reconcile.error === null ? [] : [`not everything could be read: ${reconcile.error}`]),
    ...(reconcile.alarm === null ? [] : [`ALARM: ${reconcile.alarm}`]),
  ];
}

/** `registry doctor`. */
export function doctorCommand(registry: Command): void {
  registry
    .command('doctor')
    .argument('<name>', 'the registry')
    .description(
      'Examine a registry: whether it can be reached and sends clients here, believes the right tokens only, reports ' +
        'what happens, and holds what the index thinks. Changes nothing. Fails on what stops a client or loses an ' +
        'event; the rest is a warning.',
    )
    .addHelpText('after', examples('registry doctor main', 'registry doctor main --json'))
    .action(async (name: string, options: OutputOptions) => {
      const checks = await withContext(registryModules, (app) =>
        app.get(RegistryDoctor, { strict: false }).diagnose(name),
      );
      const healthy = !checks.some(({ status }) => status === 'failed');
      printResult(options, { registry: name, healthy, checks }, checks.flatMap(checkLines));
      if (!healthy) process.exitCode = 1;
    });
}

function checkLines({ name, status, detail, hint }: RegistryCheck): string[] {
  const first = `${status.toUpperCase().padEnd(8)} ${name.padEnd(14)} ${detail}`;
  return hint === undefined ? [first] : [first, `${' '.repeat(24)}-> ${hint}`];
}
