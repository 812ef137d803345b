import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import type { DevData } from './dev-data';
import type { SeededInstance } from './seeded-instance';

/** Returns the words in names of real repositories, the most frequent first. */
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
 * Makes queries from the names of popular and of random repositories, for use without recorded queries: the name, a
 * prefix, the name with its namespace, a misspelling, two words, and a name that does not exist.
 */
export async function queriesOf(index: SeededInstance): Promise<string[]> {
  const pick = (order: string): Promise<string[]> =>
    index.strings(
      `select namespace || '/' || name as text from search_document where not official order by ${order} limit 200`,
    );
  const paths = [...(await pick('rank_key')), ...(await pick('md5(name || namespace)'))];
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
