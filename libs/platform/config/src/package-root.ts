import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

function find(): { folder: string; version: string } {
  for (let folder = __dirname; folder !== dirname(folder); folder = dirname(folder)) {
    try {
      const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
        name?: string;
        version?: string;
      };
      if (manifest.name === 'central-index') return { folder, version: manifest.version ?? '0.0.0' };
    } catch {
      // no package.json here: look further up
    }
  }
  throw new Error('the folder of the central-index package was not found');
}

const found = find();

/** The folder that holds package.json, whatever the working directory. */
export const packageRoot = found.folder;

/** The version in package.json. */
export const packageVersion = found.version;
