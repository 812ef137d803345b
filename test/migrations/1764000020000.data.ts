import { changed, jsonbText, renamed, type Contents, type Row } from './contents';
import type { MigrationData } from './migration-data';
import { addJobs, facts, jobs } from './1764000020000.jobs';
import { rows } from './1764000020000.rows';

const names = {
  tables: {
    waiting_fact: 'fact_outbox',
    identity_token: 'refresh_token',
    known_address: 'sign_in_address',
    errand: 'operation',
    registry_sweep: 'registry_reconcile',
    tag_removal: 'tag_deletion',
    pull_visitor: 'unique_pull',
    search_mirror: 'search_replica',
  },
  sequences: {
    waiting_fact_id_seq: 'fact_outbox_id_seq',
    identity_token_id_seq: 'refresh_token_id_seq',
    errand_id_seq: 'operation_id_seq',
  },
  columns: {
    fact_outbox: { ids: 'payload' },
    operation: { failure: 'error', actor: 'requested_by', asked_at: 'created_at' },
    registry_reconcile: { removed: 'deleted', failure: 'error' },
    tag_deletion: { actor: 'requested_by', asked_at: 'requested_at' },
    unique_pull: { stored_at: 'recorded_at' },
    repository: { visits: 'unique_pulls', removed_at: 'deleted_at' },
    manifest_request: { counted: 'counted_as', stored_at: 'recorded_at' },
    missing_tag: { since: 'missing_since' },
    search_document: { place: 'rank_key' },
    search_posting: { place: 'rank_key' },
    search_spelling: { rest: 'deletion_key' },
    search_replica: {
      built_to: 'built_up_to',
      checked_to: 'checked_up_to',
      checked_whole_at: 'full_check_at',
    },
    search_outbox: { noted_at: 'pending_since', failure: 'error' },
  },
};

const operationStates: Record<string, string> = { waiting: 'pending', done: 'succeeded', failed: 'failed' };
const eventStates: Record<string, string> = { stored: 'pending', applied: 'applied', parked: 'parked' };
const tasks = Object.fromEntries(jobs.map(([before, after]) => [before.task, after.task]));

/** Fills every table of the schema of 0.1.0; later data tests fill only what is new. */
export const renameByVocabulary: MigrationData = {
  async fill(client) {
    await client.query(rows);
    await addJobs(client);
  },

  expected(before: Contents): Contents {
    return changed(renamed(before, names), {
      schema_requirement: (requirements) => [
        ...requirements,
        { migration: 'RenameByVocabulary1764000020000', oldest_code: '1764000020000' },
      ],
      registry_event: (events) => events.map((row) => ({ ...row, state: eventStates[row.state!]! })),
      operation: (operations) =>
        operations.map((row) => ({
          ...row,
          state: operationStates[row.state!]!,
          // Of the one reconcile.
          result:
            row.kind === 'reconcile'
              ? '{"added": 1, "alarm": null, "error": null, "deleted": 2, "missing": 3, "registry": "main"}'
              : row.result!,
        })),
      fact_outbox: (waiting) => waiting.map((row) => ({ ...row, ...factAfter(row) })),
      'graphile_worker._private_jobs': (rowsOfJobs) =>
        rowsOfJobs.map((row) => ({ ...row, ...jobAfter(row) })),
      'graphile_worker._private_tasks': (rowsOfTasks) =>
        rowsOfTasks.map((row) => ({ ...row, identifier: tasks[row.identifier!]! })),
      'graphile_worker._private_known_crontabs': (schedules) =>
        schedules.map((row) => ({ ...row, identifier: tasks[row.identifier!]! })),
      'graphile_worker._private_job_queues': (queues) =>
        queues.map((row) => ({
          ...row,
          queue_name: row.queue_name === 'errands' ? 'operations' : row.queue_name!,
        })),
    });
  },
};

// Jobs and facts are added in the order of their lists: ids are positions.
function jobAfter({ id }: Row): Row {
  const [, { key, payload }] = jobs[Number(id) - 1]!;
  return { key: key ?? null, payload: jsonbText(payload) };
}

function factAfter({ id }: Row): Row {
  const [, { task, payload }] = facts[Number(id) - 1]!;
  return { type: task, payload: jsonbText(payload) };
}
