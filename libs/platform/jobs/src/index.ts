// Facts and jobs. A fact is stated in the transaction that made it true and becomes jobs there and then, through
// graphile-worker's add_job, so that it is kept or lost with the change. Jobs carry ids and read the truth. Facts that
// come by the hundred a second wait as rows instead, and what follows from them is done for all at once.
export { Jobs } from './jobs';
export { JobsModule } from './jobs.module';
export { runJobs } from './runner';
export type { Fact, JobOptions } from './jobs';
export type { Gathered, JobHandler, RunningJobs, Schedule, Subscriptions } from './runner';
