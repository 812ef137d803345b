import { AuditModule } from '@central-index/audit';
import { RegistrySyncModule } from '@central-index/registry-sync';
import { RepositoriesModule } from '@central-index/repositories';
import { TokensModule } from '@central-index/tokens';

/** The modules of commands that manage registries and send requests to them. */
export const registryModules = [
  AuditModule,
  TokensModule,
  RepositoriesModule,
  RegistrySyncModule.using(TokensModule),
];
