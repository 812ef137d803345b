import { NotificationsService, ParkedEventsService, RegistriesService } from '@central-index/registries';
import type { Command } from 'commander';
import { printResult, examples, type OutputOptions } from '../output';
import { withContext } from '../context';
import { operator } from '../operator';
import { registryModules } from '../registry-modules';
import { wholeNumber } from '../whole-number';

interface EventsOptions extends OutputOptions {
  readonly parked?: boolean;
  readonly retry?: boolean;
  readonly limit: number;
}

/** `registry events`. */
export function eventsCommand(registry: Command): void {
  registry
    .command('events')
    .argument('<name>', 'the registry')
    .description(
      'Tell how many reports of a registry wait and how many were parked. With --parked, list what could not be read ' +
        'or believed, oldest first, with the reason.',
    )
    .option('--parked', 'list the parked ones')
    .option('--retry', 'apply the parked ones again, after what stood against them was mended')
    .option('--limit <events>', 'list so many at most', wholeNumber, 50)
    .addHelpText(
      'after',
      examples(
        'registry events main',
        'registry events main --parked',
        'registry events main --parked --retry',
      ),
    )
    .action(async (name: string, options: EventsOptions) => {
      await withContext(registryModules, async (app) => {
        const one = await app.get(RegistriesService, { strict: false }).get(name);
        const events = app.get(ParkedEventsService, { strict: false });
        if (options.retry) {
          const retried = await events.retry(one, operator);
          printResult(options, { registry: name, retried }, `${retried} parked events of ${name} wait again`);
        } else if (options.parked) {
          const { items } = await events.list(one, { limit: options.limit });
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
          const { pending = 0, parked = 0, oldest } = backlogs.get(one.id) ?? {};
          const since = oldest?.toISOString() ?? null;
          printResult(options, { registry: name, waiting: pending, parked, oldest_waiting: since }, [
            `events of ${name}: ${pending} wait${since === null ? '' : ` since ${since}`}, ${parked} parked`,
          ]);
        }
      });
    });
}
