import { RegistriesModule } from '@central-index/registries';
import { Module } from '@nestjs/common';
import { RegistryEventsController } from './registry-events.controller';

/** What other programs notify the index of: `/hooks`. */
@Module({ imports: [RegistriesModule], controllers: [RegistryEventsController] })
export class HooksModule {}
