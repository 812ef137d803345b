import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { RegistriesService } from './registries.service';
import { RegistryEntity } from './registry.entity';
import { RegistryEventEntity } from './registry-event.entity';

/** The room of registries. */
@Module({
  imports: [TypeOrmModule.forFeature([RegistryEntity, RegistryEventEntity])],
  providers: [RegistriesService],
  exports: [RegistriesService],
})
export class RegistriesModule {}
