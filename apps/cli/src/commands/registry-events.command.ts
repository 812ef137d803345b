import { NotificationsService, ParkedEventsService, RegistriesService } from '@central-index/registries';
import { Option, type Command } from 'commander';
import { printResult, examples, type OutputOptions } from '../output';
import { withContext } from '../context';
import { operator } from '../operator';
import { registryModules } from '../registry-modules';
import { wholeNumber } from '../whole-number';

interface EventsOptions extends OutputOptions {
  readonly parked?: boolean;
  readonly retry?: boolean;
  readonly discard?: boolean;
  readonly limit: number;
}

/** `registry events`: counts, lists, retries and discards events. */
export function eventsCommand(registryCommand: Command): void {
  registryCommand
    .command('events')
    .argument('<name>', 'the registry')
    .description(
      'Count the pending and parked events of a registry. With --parked, list the parked events (unreadable, or not ' +
        'allowed for this registry), oldest first, with the reasons.',
    )
    .option('--parked', 'list the parked events')
    .option('--retry', 'retry the parked events, after their cause has been fixed')
    .addOption(
      new Option(
        '--discard',
        'delete the parked events; a reconcile finds what they may have reported',
      ).conflicts('retry'),
    )
    .option('--limit <events>', 'maximum number of events to list', wholeNumber, 50)
    .addHelpText(
      'after',
      examples(
        'registry events main',
        'registry events main --parked',
        'registry events main --parked --retry',
        'registry events main --parked --discard',
      ),
    )
    .action(runEvents);
}

async function runEvents(name: string, options: EventsOptions): Promise<void> {
  await withContext(registryModules, async (app) => {
    const registry = await app.get(RegistriesService, { strict: false }).get(name);
    const events = app.get(ParkedEventsService, { strict: false });
    if (options.retry) {
      const retried = await events.retry(registry, operator);
      printResult(
        options,
        { registry: name, retried },
        `${retried} parked events of ${name} are pending again`,
      );
    } else if (options.discard) {
      const discarded = await events.discard(registry, operator);
      printResult(
        options,
        { registry: name, discarded },
        `${discarded} parked events of ${name} are deleted`,
      );
    } else if (options.parked) {
      const { items } = await events.list(registry, { limit: options.limit });
      const rows = items.map(({ eventId, reason, receivedAt, body }) => ({
        event_id: eventId,
        reason,
        received_at: receivedAt.toISOString(),
        body,
      }));
      const lines = rows.map((row) => `${row.received_at}  ${row.event_id}  ${row.reason}`);
      printResult(options, rows, lines.length > 0 ? lines : `no parked events of ${name}`);
    } else {
      const backlogs = await app.get(NotificationsService, { strict: false }).backlogs();
      const { pending = 0, parked = 0, oldest } = backlogs.get(registry.id) ?? {};
      const since = oldest?.toISOString() ?? null;
      printResult(options, { registry: name, pending, parked, oldest_pending_at: since }, [
        `events of ${name}: ${pending} pending${since === null ? '' : ` since ${since}`}, ${parked} parked`,
      ]);
    }
  });
}
