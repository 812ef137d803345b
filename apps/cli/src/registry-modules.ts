import { AuditModule } from '@central-index/audit';
import { RegistrySyncModule } from '@central-index/registry-sync';
import { RepositoriesModule } from '@central-index/repositories';
import { TokensModule } from '@central-index/tokens';

/** The rooms of commands that look after registries and ask them. */
export const registryModules = [
  AuditModule,
  TokensModule,
  RepositoriesModule,
  RegistrySyncModule.using(TokensModule),
];
