import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of real repositories, which are not part of this repository. */
export const realDataFolder = join('..', 'shared', 'data');

/** Why tests on real repositories do not run; false if they do. They take minutes: SEARCH_PAGES=off leaves them out. */
export const noRealRepositories =
  process.env.SEARCH_PAGES === 'off'
    ? 'SEARCH_PAGES is off'
    : existsSync(join(realDataFolder, 'repositories.jsonl.gz'))
      ? false
      : `no data in ${realDataFolder}`;
