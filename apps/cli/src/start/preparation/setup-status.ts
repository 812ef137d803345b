import { AccountsModule, AccountsService } from '@central-index/accounts';
import type { Config } from '@central-index/platform/config';
import { RegistriesModule, RegistriesService } from '@central-index/registries';
import { withModules } from '../../context';

/** Which steps of the setup are done. */
export interface SetupStatus {
  readonly hasAdministrator: boolean;
  readonly hasRegistry: boolean;
}

/** Reads from the database whether an administrator and a registry exist. */
export function readSetupStatus(config: Config, url: string): Promise<SetupStatus> {
  return withModules(config, url, [AccountsModule, RegistriesModule], async (app) => {
    const registries = await app.get(RegistriesService).list();
    return {
      hasAdministrator: await app.get(AccountsService).hasAdministrator(),
      hasRegistry: registries.length > 0,
    };
  });
}
