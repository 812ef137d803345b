import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import type { DevData } from './dev-data';
import type { FilledProduct } from './seeded-instance';

/** The words of the names of real repositories, the commonest first. */
export async function commonWords(data: DevData): Promise<string[]> {
  const counts = new Map<string, number>();
  const lines = createInterface({ input: createReadStream(data.repositories).pipe(createGunzip()) });
  for await (const line of lines) {
    const { name } = JSON.parse(line) as { name: string };
    for (const word of name.split(/[^a-z0-9]+/)) {
      if (word !== '') counts.set(word, (counts.get(word) ?? 0) + 1);
    }
  }
  return [...counts].sort((a, b) => b[1] - a[1]).map(([word]) => word);
}

/**
 * Queries for where there are no recorded ones, made of names that are found, popular ones and others: the name, its
 * beginning, with its namespace, misspelt, two of its words, and what is nowhere.
 */
export async function queriesOf(index: FilledProduct): Promise<string[]> {
  const pick = (order: string): Promise<string[]> =>
    index.strings(
      `select namespace || '/' || name as text from search_document where not official order by ${order} limit 200`,
    );
  const paths = [...(await pick('place')), ...(await pick('md5(name || namespace)'))];
  return paths.flatMap((path, n) => {
    const name = path.slice(path.indexOf('/') + 1);
    const half = Math.ceil(name.length / 2);
    const words = name.split('-');
    return [
      name,
      name.slice(0, 1 + (n % 5)),
      path,
      name.slice(0, half) + name.slice(half + 1),
      words.length > 1 ? words.slice(0, 2).join(' ') : `${name} ${paths[0]!.split('/')[1]!}`,
      ...(n % 10 === 0 ? [`${name}qqxx`] : []),
    ];
  });
}
