import { NotificationsService, ParkedEventsService, RegistriesService } from '@central-index/registries';
import type { Command } from 'commander';
import { answer, examples, type AnswerOptions } from '../output';
import { withContext } from '../context';
import { operator } from '../operator';
import { registryRooms } from '../registry-modules';
import { wholeNumber } from '../whole-number';

interface EventsOptions extends AnswerOptions {
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
      await withContext(registryRooms, async (app) => {
        const one = await app.get(RegistriesService, { strict: false }).get(name);
        const events = app.get(ParkedEventsService, { strict: false });
        if (options.retry) {
          const retried = await events.retry(one, operator);
          answer(options, { registry: name, retried }, `${retried} parked events of ${name} wait again`);
        } else if (options.parked) {
          const { items } = await events.list(one, { limit: options.limit });
          const rows = items.map(({ eventId, reason, receivedAt, body }) => ({
            event_id: eventId,
            reason,
            received_at: receivedAt.toISOString(),
            body,
          }));
          const lines = rows.map((row) => `${row.received_at}  ${row.event_id}  ${row.reason}`);
          answer(options, rows, lines.length > 0 ? lines : `no parked events of ${name}`);
        } else {
          const backlogs = await app.get(NotificationsService, { strict: false }).backlogs();
          const { waiting = 0, parked = 0, oldest } = backlogs.get(one.id) ?? {};
          const since = oldest?.toISOString() ?? null;
          answer(options, { registry: name, waiting, parked, oldest_waiting: since }, [
            `events of ${name}: ${waiting} wait${since === null ? '' : ` since ${since}`}, ${parked} parked`,
          ]);
        }
      });
    });
}
