import { RegistriesModule } from '@central-index/registries';
import { SearchModule } from '@central-index/search';
import { Module } from '@nestjs/common';
import { registrySyncModule } from '../registry-sync.module';
import { ProbesController } from './probes.controller';
import { Readiness } from './readiness';
import { RegistryMetrics } from './registry-metrics';
import { SearchMetrics } from './search-metrics';

/** Probes and metrics for operators: `/healthz`, `/readyz` and `/metrics`. */
@Module({
  imports: [RegistriesModule, SearchModule, registrySyncModule],
  controllers: [ProbesController],
  providers: [Readiness, RegistryMetrics, SearchMetrics],
})
export class ProbesModule {}
