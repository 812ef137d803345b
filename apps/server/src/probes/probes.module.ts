import { HealthModule } from '@central-index/health';
import { RegistriesModule } from '@central-index/registries';
import { SearchModule } from '@central-index/search';
import { TokensModule } from '@central-index/tokens';
import { Module } from '@nestjs/common';
import { registrySyncModule } from '../registry-sync.module';
import { ProbesController } from './probes.controller';
import { PurgeMetrics } from './purge-metrics';
import { Readiness } from './readiness';
import { RegistryMetrics } from './registry-metrics';
import { SearchMetrics } from './search-metrics';
import { ServerMetrics } from './server-metrics';
import { WorkMetrics } from './work-metrics';

/** Probes, `/healthz` and `/readyz`, and what a server measures. */
@Module({
  imports: [HealthModule, RegistriesModule, SearchModule, TokensModule, registrySyncModule],
  controllers: [ProbesController],
  providers: [PurgeMetrics, Readiness, RegistryMetrics, SearchMetrics, ServerMetrics, WorkMetrics],
})
export class ProbesModule {}
