import { AuditService, type Actor } from '@central-index/audit';
import { Database } from '@central-index/platform/database';
import { Jobs, type FailedJob } from '@central-index/platform/jobs';
import { Injectable } from '@nestjs/common';

/** Jobs that failed in all their attempts, for administrators. Nothing runs them again by itself. */
@Injectable()
export class FailedJobsService {
  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
    private readonly audit: AuditService,
  ) {}

  /** Failed jobs, oldest first, after the one with the id `after`. */
  list(page: { readonly after?: string; readonly limit: number }): Promise<FailedJob[]> {
    return this.jobs.failed(page);
  }

  /** Lets one failed job run again, or all of them. Returns how many; a job that has not failed stays as it is. */
  retry(id: string | undefined, actor: Actor): Promise<number> {
    return this.database.transaction(async (manager) => {
      const retried = await this.jobs.retryFailed(manager, id);
      if (retried === 0) return 0;
      await this.audit.record(manager, {
        action: 'jobs.retried',
        actor,
        subjectType: 'jobs',
        subject: id ?? 'all',
        detail: { jobs: retried },
      });
      return retried;
    });
  }
}
