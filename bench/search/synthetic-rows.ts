// Rows as real ones are distributed. From 265,048 crawled repositories: names by Zipf 0.93 and their words by 1.14; 57 %
// share their name with another namespace; repositories a namespace p50 1, p99 19, at most 8,261; 86 % without stars, the
// rest Pareto with alpha 1.45; 40 % without description, the rest p50 32 and at most 100 characters; pulls p50 383,
// p90 10,000, p99 1,000,000.

/** A repository as `import` takes it. */
export interface MadeUpRow {
  readonly namespace: string;
  readonly name: string;
  readonly description: string;
  readonly star_count: number;
  readonly pull_count: number;
  readonly is_official: boolean;
  readonly is_automated: boolean;
}

/** Numbers from 0 to 1 that are the same in every run. */
export type Chance = () => number;

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

export function chanceFrom(seed: number): Chance {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Draws places from 0 so that the n-th comes 1/n^exponent times as often as the first. */
export function zipf(size: number, exponent: number): (chance: Chance) => number {
  const sums = new Float64Array(size);
  for (let n = 0, sum = 0; n < size; n += 1) sums[n] = sum += (n + 1) ** -exponent;
  return (chance) => {
    const at = chance() * sums[size - 1]!;
    let [low, high] = [0, size - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle]! < at) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

/** Words that nobody uses, for where there are no real ones: pronounceable, each another. */
export function madeUpWords(count: number): string[] {
  const [consonants, vowels] = ['bcdfghjklmnprstvz', 'aeiou'];
  return Array.from({ length: count }, (_, n) => {
    let word = '';
    for (let rest = n + 100; rest > 0; rest = Math.floor(rest / 85))
      word += consonants[rest % 17]! + vowels[Math.floor(rest / 17) % 5]!;
    return word;
  });
}

/** So many rows, made of `words`, the commonest first. */
export function* madeUpRows(count: number, words: readonly string[], seed = 1): Generator<MadeUpRow> {
  const chance = chanceFrom(seed);
  const anyWord = zipf(words.length, 1.14);
  const names = namesOf(count, words, chance);
  const anyName = zipf(names.length, 0.93);
  let [made, namespaces] = [0, 0];
  while (made < count) {
    const isLibrary = namespaces === 0;
    const namespace = isLibrary ? 'library' : `${words[Math.floor(chance() * words.length)]!}${namespaces}`;
    const size = isLibrary ? officials : namespaces === 1 ? largestNamespace : sizeOfNamespace(chance);
    const taken = new Set<string>();
    for (let tries = 0; taken.size < size && made < count && tries < 3 * size; tries += 1) {
      const common = names[anyName(chance)]!;
      const own = (): string => `${common}-${words[Math.floor(chance() * words.length)]!}`;
      // Names by Zipf alone would be shared by three quarters of the repositories.
      const name = isLibrary ? words[taken.size]! : chance() < 0.26 ? own() : common;
      if (taken.has(name)) continue;
      taken.add(name);
      made += 1;
      yield {
        namespace,
        name,
        description: chance() < 0.4 ? '' : description(words, anyWord, chance),
        star_count: chance() < 0.86 ? 0 : Math.min(Math.floor((1 - chance()) ** (-1 / 1.45)), 100_000),
        pull_count: pulls(chance()),
        is_official: isLibrary,
        is_automated: chance() < 0.2,
      };
    }
    namespaces += 1;
  }
}

function namesOf(count: number, words: readonly string[], chance: Chance): string[] {
  const anyWord = zipf(words.length, 1.14);
  const names = new Set(words.slice(0, 300));
  while (names.size < count) {
    const drawn = chance();
    const length = wordsOfAName.findIndex((upTo) => drawn <= upTo) + 1;
    const parts = Array.from({ length }, () => words[anyWord(chance)]!);
    const name = parts.join('-');
    // Once the short combinations are used up, people add something of their own.
    names.add(names.has(name) ? `${name}-${words[Math.floor(chance() * words.length)]!}` : name);
  }
  return [...names];
}

function sizeOfNamespace(chance: Chance): number {
  return Math.min(Math.floor((1 - chance()) ** (-1 / 1.56)), largestNamespace);
}

function description(words: readonly string[], anyWord: (chance: Chance) => number, chance: Chance): string {
  const normal = Math.sqrt(-2 * Math.log(1 - chance())) * Math.cos(2 * Math.PI * chance());
  const length = Math.min(32 * Math.exp(0.6 * normal), 100);
  let text = words[anyWord(chance)]!;
  while (text.length < length) text += ` ${words[anyWord(chance)]!}`;
  return text.slice(0, 100);
}

function pulls(quantile: number): number {
  const above = pullQuantiles.findIndex(([upTo]) => quantile < upTo);
  const [[from, least], [to, most]] = [pullQuantiles[above - 1]!, pullQuantiles[above]!];
  return Math.floor(least * (most / least) ** ((quantile - from) / (to - from)));
}
