import { Injectable } from '@nestjs/common';
import { packageRoot } from '@central-index/platform/config';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { StaticFile } from '../../http/static/static-file';

/** Where the files of the pages are. */
export const assetsPath = '/assets';

const contentTypes = {
  'style.css': 'text/css; charset=utf-8',
  'pages.js': 'text/javascript; charset=utf-8',
  'icon.svg': 'image/svg+xml',
} as const;

/** The name of a file of the pages. */
export type AssetName = keyof typeof contentTypes;

/** The files of the pages, read once, each under a name that contains the hash of its content. */
@Injectable()
export class Assets {
  private readonly files = new Map<string, StaticFile>();
  private readonly paths: Readonly<Record<AssetName, string>>;

  constructor() {
    const folder = join(packageRoot, 'apps', 'server', 'src', 'web', 'assets');
    const paths: Partial<Record<AssetName, string>> = {};
    for (const [name, type] of Object.entries(contentTypes) as [AssetName, string][]) {
      const file = new StaticFile(readFileSync(join(folder, name)), type);
      const hashed = name.replace(/(?=\.\w+$)/, `.${file.hash}`);
      this.files.set(hashed, file);
      paths[name] = `${assetsPath}/${hashed}`;
    }
    this.paths = paths as Record<AssetName, string>;
  }

  /** The path of a file. */
  path(name: AssetName): string {
    return this.paths[name];
  }

  /** The file of a hashed name. */
  find(hashedName: string): StaticFile | undefined {
    return this.files.get(hashedName);
  }
}
