import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { FormerHookSecretEntity } from './former-hook-secret.entity';
import { HookSecretsService } from './hook-secrets.service';
import { NotificationsService } from './notifications.service';
import { ParkedEventsService } from './parked-events.service';
import { RegistriesService } from './registries.service';
import { RegistryEntity } from './registry.entity';
import { RegistryEventEntity } from './registry-event.entity';

/** Registries, the secrets of their notifications, the notifications, and parked events. */
@Module({
  imports: [TypeOrmModule.forFeature([RegistryEntity, RegistryEventEntity, FormerHookSecretEntity])],
  providers: [RegistriesService, HookSecretsService, NotificationsService, ParkedEventsService],
  exports: [RegistriesService, HookSecretsService, NotificationsService, ParkedEventsService],
})
export class RegistriesModule {}
