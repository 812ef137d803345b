import { AuditModule } from '@central-index/audit';
import { RegistriesModule } from '@central-index/registries';
import { Module } from '@nestjs/common';
import { FailedJobsService } from './failed-jobs.service';
import { HealthService } from './health.service';

/** The health of the product. */
@Module({
  imports: [AuditModule, RegistriesModule],
  providers: [FailedJobsService, HealthService],
  exports: [FailedJobsService, HealthService],
})
export class HealthModule {}
