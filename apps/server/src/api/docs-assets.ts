import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { StaticFile } from '../http/static/static-file';

const script = 'text/javascript; charset=utf-8';
const start = `SwaggerUIBundle({ url: '/api/openapi.json', dom_id: '#swagger-ui' });\n`;
const folder = dirname(require.resolve('swagger-ui-dist/package.json'));
/** Where the files of the documentation page are. */
const assetsPath = '/api/docs/assets';

/** A file of the documentation page, by the name that was requested. */
export interface DocsAsset {
  readonly file: StaticFile;
  /** True if the name contains the hash of the content. */
  readonly immutable: boolean;
}

/** The page of the API documentation and its files, each read once. */
export class DocsAssets {
  private constructor(
    readonly page: StaticFile,
    private readonly assets: ReadonlyMap<string, DocsAsset>,
  ) {}

  /** Reads the files. */
  static async read(): Promise<DocsAssets> {
    const [style, bundle] = await Promise.all(
      ['swagger-ui.css', 'swagger-ui-bundle.js'].map((name) => readFile(join(folder, name))),
    );
    const files: readonly [string, StaticFile][] = [
      ['swagger-ui.css', new StaticFile(style!, 'text/css; charset=utf-8')],
      ['swagger-ui-bundle.js', new StaticFile(bundle!, script)],
      ['start.js', new StaticFile(Buffer.from(start), script)],
    ];
    const assets = new Map<string, DocsAsset>();
    for (const [name, file] of files) {
      assets.set(name, { file, immutable: false });
      assets.set(hashedName(name, file), { file, immutable: true });
    }
    const [styleUrl, bundleUrl, startUrl] = files.map(
      ([name, file]) => `${assetsPath}/${hashedName(name, file)}`,
    );
    const html = pageOf({ styleUrl: styleUrl!, scriptUrls: [bundleUrl!, startUrl!] });
    return new DocsAssets(new StaticFile(Buffer.from(html), 'text/html; charset=utf-8'), assets);
  }

  /** The file of that name, with or without a hash in it. */
  find(name: string): DocsAsset | undefined {
    return this.assets.get(name);
  }
}

// swagger-ui.css becomes swagger-ui.0123456789abcdef.css.
function hashedName(name: string, { hash }: StaticFile): string {
  return name.replace(/(?=\.\w+$)/, `.${hash}`);
}

function pageOf({
  styleUrl,
  scriptUrls,
}: {
  readonly styleUrl: string;
  readonly scriptUrls: readonly string[];
}): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Central Index API</title>
<link rel="stylesheet" href="${styleUrl}">
</head>
<body>
<div id="swagger-ui"></div>
${scriptUrls.map((url) => `<script src="${url}"></script>`).join('\n')}
</body>
</html>
`;
}
