import { RegistriesModule } from '@central-index/registries';
import { Module } from '@nestjs/common';
import { HealthService } from './health.service';

/** The health of the product. */
@Module({ imports: [RegistriesModule], providers: [HealthService], exports: [HealthService] })
export class HealthModule {}
