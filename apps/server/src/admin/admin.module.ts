import { AccountsModule } from '@central-index/accounts';
import { AuditModule } from '@central-index/audit';
import { RegistriesModule } from '@central-index/registries';
import { RepositoriesModule } from '@central-index/repositories';
import { TokensModule } from '@central-index/tokens';
import { Module } from '@nestjs/common';
import { registrySyncModule } from '../registry-sync.module';
import { AuditController } from './audit.controller';
import { MovesController } from './moves.controller';
import { OfficialController } from './official.controller';
import { OperationsController } from './operations.controller';
import { ParkedEventsController } from './parked-events.controller';
import { PlacementRulesController } from './placement-rules.controller';
import { RegistriesController } from './registries.controller';
import { RegistryFragmentsController } from './registry-fragments.controller';
import { RegistryMaintenanceController } from './registry-maintenance.controller';
import { TokenExplanationsController } from './token-explanations.controller';
import { AdminUsersController } from './users.controller';

/** The part of the REST API that only administrators may call: `/api/v1/admin`. */
@Module({
  imports: [
    AccountsModule,
    AuditModule,
    RegistriesModule,
    RepositoriesModule,
    TokensModule,
    registrySyncModule,
  ],
  controllers: [
    OfficialController,
    AdminUsersController,
    TokenExplanationsController,
    RegistriesController,
    RegistryFragmentsController,
    RegistryMaintenanceController,
    ParkedEventsController,
    PlacementRulesController,
    MovesController,
    OperationsController,
    AuditController,
  ],
})
export class AdminModule {}
