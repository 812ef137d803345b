import { RegistrySyncModule } from '@central-index/registry-sync';
import { TokensModule } from '@central-index/tokens';

/**
 * The services that send requests to registries, with tokens that this index signs. One constant for all surfaces: Nest
 * creates the services once per dynamic module object, so each call of `using` would create them again.
 */
export const registrySyncModule = RegistrySyncModule.using(TokensModule);
