// Facts and jobs. A fact is emitted in the transaction that made it true and becomes jobs in the same transaction,
// through graphile-worker's add_jobs. Jobs carry ids and read the database. Facts that are emitted hundreds of times per
// second are stored in the table fact_outbox instead and handled in batches.
export { defineFact } from './facts';
export type { Fact, FactDefinition, Payload } from './facts';
export { Jobs } from './jobs';
export type { FailedJob, QueueState } from './jobs.queries';
export { JobsModule } from './jobs.module';
export { Purges } from './purges';
export type { Purge } from './purges';
export type { PurgeTotal } from './purges.queries';
export { runJobs } from './runner';
export { subscribe } from './subscriptions';
export type { FactBatchHandler, FactHandler, Subscription } from './subscriptions';
export type { RunningJobs, Schedule } from './runner';
