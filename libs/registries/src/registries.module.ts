import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { NotificationsService } from './notifications.service';
import { ParkedEventsService } from './parked-events.service';
import { RegistriesService } from './registries.service';
import { RegistryEntity } from './registry.entity';
import { RegistryEventEntity } from './registry-event.entity';

/** Registries, their notifications and parked events. */
@Module({
  imports: [TypeOrmModule.forFeature([RegistryEntity, RegistryEventEntity])],
  providers: [RegistriesService, NotificationsService, ParkedEventsService],
  exports: [RegistriesService, NotificationsService, ParkedEventsService],
})
export class RegistriesModule {}
