// Synthetic rows with the distributions of 265,048 crawled repositories: names follow Zipf's law with exponent 0.93, their
// words with 1.14; 57 % share their name with another namespace; repositories per namespace have p50 1, p99 19 and maximum
// 8,261; 86 % have no stars, the rest are Pareto distributed with alpha 1.45; 40 % have no description, the rest have p50
// 32 and maximum 100 characters; pulls have p50 383, p90 10,000 and p99 1,000,000.

/** A repository in the format of `import`. */
export interface SyntheticRow {
  readonly namespace: string;
  readonly name: string;
  readonly description: string;
  readonly star_count: number;
  readonly pull_count: number;
  readonly is_official: boolean;
  readonly is_automated: boolean;
}

/** Returns a number in [0, 1), like `Math.random`, but the same sequence in every run. */
export type Random = () => number;

const largestNamespace = 8_261;
const officials = 145;
const wordsOfAName = [0.34, 0.76, 0.93, 0.98, 1];
const pullQuantiles: readonly (readonly [number, number])[] = [
  [0, 1],
  [0.5, 383],
  [0.9, 10_000],
  [0.99, 1_000_000],
  [1, 100_000_000],
];

/** Creates a random generator (mulberry32). */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Draws indexes from 0 to `size` - 1 by Zipf's law: the n-th is drawn 1/n^exponent times as often as the first. */
export function zipf(size: number, exponent: number): (random: Random) => number {
  const sums = new Float64Array(size);
  for (let n = 0, sum = 0; n < size; n += 1) sums[n] = sum += (n + 1) ** -exponent;
  return (random) => {
    const at = random() * sums[size - 1]!;
    let [low, high] = [0, size - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle]! < at) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

/** Makes distinct, pronounceable words, for use where no real names are available. */
export function syntheticWords(count: number): string[] {
  const [consonants, vowels] = ['bcdfghjklmnprstvz', 'aeiou'];
  return Array.from({ length: count }, (_, n) => {
    let word = '';
    for (let rest = n + 100; rest > 0; rest = Math.floor(rest / 85))
      word += consonants[rest % 17]! + vowels[Math.floor(rest / 17) % 5]!;
    return word;
  });
}

/** Makes `count` rows from `words`, of which the first are the most frequent. */
export function* syntheticRows(count: number, words: readonly string[], seed = 1): Generator<SyntheticRow> {
  const random = seededRandom(seed);
  const anyWord = zipf(words.length, 1.14);
  const names = namesOf(count, words, random);
  const anyName = zipf(names.length, 0.93);
  let [rows, namespaces] = [0, 0];
  while (rows < count) {
    const isLibrary = namespaces === 0;
    const namespace = isLibrary ? 'library' : `${words[Math.floor(random() * words.length)]!}${namespaces}`;
    const size = isLibrary ? officials : namespaces === 1 ? largestNamespace : sizeOfNamespace(random);
    const used = new Set<string>();
    for (let tries = 0; used.size < size && rows < count && tries < 3 * size; tries += 1) {
      const common = names[anyName(random)]!;
      const own = (): string => `${common}-${words[Math.floor(random() * words.length)]!}`;
      // With Zipf's law alone, three quarters of the repositories would share their names.
      const name = isLibrary ? words[used.size]! : random() < 0.26 ? own() : common;
      if (used.has(name)) continue;
      used.add(name);
      rows += 1;
      yield {
        namespace,
        name,
        description: random() < 0.4 ? '' : description(words, anyWord, random),
        star_count: random() < 0.86 ? 0 : Math.min(Math.floor((1 - random()) ** (-1 / 1.45)), 100_000),
        pull_count: pulls(random()),
        is_official: isLibrary,
        is_automated: random() < 0.2,
      };
    }
    namespaces += 1;
  }
}

function namesOf(count: number, words: readonly string[], random: Random): string[] {
  const anyWord = zipf(words.length, 1.14);
  const names = new Set(words.slice(0, 300));
  while (names.size < count) {
    const drawn = random();
    const length = wordsOfAName.findIndex((max) => drawn <= max) + 1;
    const parts = Array.from({ length }, () => words[anyWord(random)]!);
    const name = parts.join('-');
    // When the short combinations are used up, a random word makes the name unique.
    names.add(names.has(name) ? `${name}-${words[Math.floor(random() * words.length)]!}` : name);
  }
  return [...names];
}

function sizeOfNamespace(random: Random): number {
  return Math.min(Math.floor((1 - random()) ** (-1 / 1.56)), largestNamespace);
}

function description(words: readonly string[], anyWord: (random: Random) => number, random: Random): string {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const length = Math.min(32 * Math.exp(0.6 * normal), 100);
  let text = words[anyWord(random)]!;
  while (text.length < length) text += ` ${words[anyWord(random)]!}`;
  return text.slice(0, 100);
}

function pulls(quantile: number): number {
  const above = pullQuantiles.findIndex(([bound]) => quantile < bound);
  const [[from, min], [to, max]] = [pullQuantiles[above - 1]!, pullQuantiles[above]!];
  return Math.floor(min * (max / min) ** ((quantile - from) / (to - from)));
}
