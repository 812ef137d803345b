import { gzipSync } from 'node:zlib';
import { print } from '../stats';

/** A page to measure. */
export interface MeasuredPage {
  readonly name: string;
  readonly address: string;
}

/** Prints how many bytes the first page of a reader and a further one take, compressed as a proxy does. */
export async function pageSizes(url: string, pages: readonly MeasuredPage[]): Promise<void> {
  for (const { name, address } of pages) {
    const html = await read(url + address);
    const files = [...html.toString().matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path]) => path!);
    const sizes = await Promise.all(files.map(async (path) => compressed(await read(url + path))));
    const page = compressed(html);
    const first = sizes.reduce((sum, size) => sum + size, page);
    print(
      `compressed bytes of a first view: ${name}`,
      `${kilobytes(first)} (aim <= 60), of a next one ${kilobytes(page)} (aim <= 15)`,
    );
  }
}

const compressed = (bytes: Buffer): number => gzipSync(bytes).length;
const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;

async function read(url: string): Promise<Buffer> {
  const response = await fetch(url, { headers: { accept: 'text/html, */*', 'accept-encoding': 'identity' } });
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
}
