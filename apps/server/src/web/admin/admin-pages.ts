import { AdminAccountController } from './account.controller';
import { AdminAccountsController } from './accounts.controller';
import { AdminAuditController } from './audit.controller';
import { AdminOfficialController } from './official.controller';
import { AdminOperationsController } from './operations.controller';
import { AdminOverviewController } from './overview.controller';
import { AdminRegistriesController } from './registries.controller';
import { AdminRegistryController } from './registry.controller';
import { AdminRegistryOperationsController } from './registry-operations.controller';
import { RegistryPages } from './registry-pages';
import { RegistryStates } from './registry-states';
import { AdminSearchController } from './search.controller';
import { AdminTokenExplanationController } from './token-explanation.controller';

/** The controllers of the pages of administration. */
export const adminControllers = [
  AdminAccountController,
  AdminAccountsController,
  AdminAuditController,
  AdminOfficialController,
  AdminOperationsController,
  AdminOverviewController,
  AdminRegistriesController,
  AdminRegistryController,
  AdminRegistryOperationsController,
  AdminSearchController,
  AdminTokenExplanationController,
];

/** What several of these pages have in common. */
export const adminProviders = [RegistryPages, RegistryStates];
