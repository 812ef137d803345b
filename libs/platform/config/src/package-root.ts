import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

function findPackage(): { folder: string; version: string } {
  for (let folder = __dirname; folder !== dirname(folder); folder = dirname(folder)) {
    try {
      const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
        name?: string;
        version?: string;
      };
      if (manifest.name === 'central-index') return { folder, version: manifest.version ?? '0.0.0' };
    } catch {
      // This folder has no package.json: continue with its parent.
    }
  }
  throw new Error('the folder of the central-index package was not found');
}

const ownPackage = findPackage();

/** The folder of package.json, whatever the working directory is. */
export const packageRoot = ownPackage.folder;

/** The version in package.json. */
export const packageVersion = ownPackage.version;
