// Facts and jobs. A fact is stated in the transaction that made it true and becomes jobs there and then, through
// graphile-worker's add_job, so that it is kept or lost with the change. Jobs carry ids and read the truth.
export { Jobs } from './jobs';
export { JobsModule } from './jobs.module';
export { runJobs } from './runner';
export type { Fact, JobOptions } from './jobs';
export type { JobHandler, RunningJobs, Schedule, Subscriptions } from './runner';
