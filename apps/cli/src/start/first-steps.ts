import type { Config } from '@central-index/platform/config';
import { Database } from '@central-index/platform/database';
import { withRooms } from '../context';

/** What an operator has done already. */
export interface FirstSteps {
  readonly hasAdministrator: boolean;
  readonly hasRegistry: boolean;
}

/** Asks the database whether there is an administrator and a registry. */
export function readFirstSteps(config: Config, url: string): Promise<FirstSteps> {
  return withRooms(config, url, [], async (app) => {
    const [steps] = await app.get(Database).rows<FirstSteps>(
      `select exists (select from account where is_administrator) as "hasAdministrator",
                exists (select from registry) as "hasRegistry"`,
    );
    return steps ?? { hasAdministrator: false, hasRegistry: false };
  });
}
