import { ReconcilerService, RegistryDoctor, type Check, type Sweep } from '@central-index/registry-sync';
import type { Command } from 'commander';
import { answer, examples, type AnswerOptions } from '../output';
import { withContext } from '../context';
import { wholeNumber } from '../whole-number';
import { registryRooms } from '../registry-modules';

interface ReconcileOptions extends AnswerOptions {
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
      'Read what a registry holds and make the index equal to it: add at once, remove only what two sweeps missed ' +
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
      const sweep = await withContext(registryRooms, (app) =>
        app.get(ReconcilerService, { strict: false }).reconcile(name, options),
      );
      answer(options, sweepRow(sweep), describe(sweep, options.dryRun ?? false));
      if (sweep.failure ?? sweep.alarm) process.exitCode = 1;
    });
}

/** A sweep as commands print it in JSON. */
export function sweepRow(sweep: Sweep): Record<string, string | number | null> {
  return {
    registry: sweep.registry,
    started_at: sweep.startedAt.toISOString(),
    finished_at: sweep.finishedAt.toISOString(),
    repositories: sweep.repositories,
    added: sweep.added,
    removed: sweep.removed,
    missing: sweep.missing,
    unclaimed: sweep.unclaimed,
    failure: sweep.failure,
    alarm: sweep.alarm,
  };
}

function describe(sweep: Sweep, dryRun: boolean): string[] {
  const seconds = (sweep.finishedAt.getTime() - sweep.startedAt.getTime()) / 1000;
  return [
    `read ${sweep.repositories} repositories of ${sweep.registry} in ${seconds.toFixed(1)} s`,
    `tags: ${sweep.added} ${dryRun ? 'would be added or moved' : 'added or moved'}, ${sweep.removed} removed, ` +
      `${sweep.missing} missing`,
    ...(sweep.unclaimed > 0
      ? [`${sweep.unclaimed} names are unclaimed: \`registry adopt\` takes them in`]
      : []),
    ...(sweep.failure === null ? [] : [`not everything could be read: ${sweep.failure}`]),
    ...(sweep.alarm === null ? [] : [`ALARM: ${sweep.alarm}`]),
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
    .action(async (name: string, options: AnswerOptions) => {
      const checks = await withContext(registryRooms, (app) =>
        app.get(RegistryDoctor, { strict: false }).examine(name),
      );
      const healthy = !checks.some(({ verdict }) => verdict === 'failed');
      answer(options, { registry: name, healthy, checks }, checks.flatMap(checkLines));
      if (!healthy) process.exitCode = 1;
    });
}

function checkLines({ name, verdict, detail, remedy }: Check): string[] {
  const first = `${verdict.toUpperCase().padEnd(8)} ${name.padEnd(14)} ${detail}`;
  return remedy === undefined ? [first] : [first, `${' '.repeat(24)}-> ${remedy}`];
}
