// Whether the product works, as far as the database shows: a worker is alive, jobs do not fail, events are applied. The
// readiness probe, the metrics and `doctor` report the same; administrators let failed jobs run again. Emits no facts.
export { FailedJobsService } from './failed-jobs.service';
export { HealthModule } from './health.module';
export { HealthService } from './health.service';
export { assessHealth } from './health';
export type { Health, HealthFacts } from './health';
