import type { SeededInstance } from './seeded-instance';
import { seededRandom, type Random } from './synthetic-rows';

/** Queries of one kind, in the order in which they are sent. */
export interface QueryClass {
  readonly name: string;
  readonly queries: readonly string[];
}

interface Row {
  readonly namespace: string;
  readonly name: string;
  readonly official: boolean;
  readonly description: string;
}

const queriesPerClass = 500;
const commonWords = 300;
// Words are counted in this many rows, drawn by a hash of their names.
const sampledRows = 100_000;

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[a-z0-9]+/g) ?? [];

/**
 * Queries of every kind that users type, made from the indexed repositories. Words are drawn by how often names contain
 * them, because the length of the lists that a search reads is what it costs.
 */
export async function queryClasses(index: SeededInstance): Promise<QueryClass[]> {
  const sample = await rows(index, 'md5(namespace || name)', sampledRows);
  const popular = await rows(index, 'rank_key', 5_000);
  const draw = new Drawing(sample, popular);
  const classes: Record<string, () => string> = {
    'one letter': () => draw.name().slice(0, 1),
    'two letters': () => draw.name().slice(0, 2),
    'three to five letters': () => draw.popularName().slice(0, 3 + draw.below(3)),
    'one common word': () => draw.commonWord(),
    'any word of a name': () => draw.word(),
    'name of a popular repository': () => draw.popularName(),
    'any name': () => draw.name(),
    'ns/name': () => pathOf(draw.row()),
    'ns/': () => `${draw.row().namespace}/`,
    'two common words': () => `${draw.commonWord()} ${draw.commonWord()}`,
    'words of one repository': () => draw.wordsOfOne(),
    'one edit': () => draw.misspelt(1),
    'two edits': () => draw.misspelt(2),
    'Chinese and Japanese': () => draw.characters(),
    'nothing found': () => `${draw.name()}qqxx`,
  };
  return Object.entries(classes).map(([name, next]) => ({
    name,
    queries: Array.from({ length: queriesPerClass }, next),
  }));
}

/** The queries of all classes, alternating. */
export function mixed(classes: readonly QueryClass[]): string[] {
  return Array.from({ length: queriesPerClass }, (_, n) => classes.map(({ queries }) => queries[n]!)).flat();
}

const pathOf = ({ official, namespace, name }: Row): string => (official ? name : `${namespace}/${name}`);

async function rows(index: SeededInstance, order: string, limit: number): Promise<Row[]> {
  const texts = await index.strings(
    `select json_build_object('namespace', namespace, 'name', name, 'official', official,
       'description', description)::text as text
     from search_document where not private order by ${order}, repository_id limit ${limit}`,
  );
  return texts.map((text) => JSON.parse(text) as Row);
}

class Drawing {
  private readonly random: Random = seededRandom(11);
  /** The words of all names, each as often as it occurs. */
  private readonly words: readonly string[];
  private readonly common: readonly string[];
  private readonly han: readonly string[];

  constructor(
    private readonly sample: readonly Row[],
    private readonly popular: readonly Row[],
  ) {
    this.words = sample.flatMap(({ name }) => wordsOf(name)).filter((word) => word.length > 2);
    const counts = new Map<string, number>();
    for (const word of this.words) counts.set(word, (counts.get(word) ?? 0) + 1);
    const byFrequency = [...counts].sort((a, b) => b[1] - a[1]).slice(0, commonWords);
    this.common = byFrequency.flatMap(([word, count]) => new Array<string>(count).fill(word));
    const runs = sample.flatMap(
      ({ description }) => description.match(/[\p{sc=Han}\p{sc=Hiragana}]{2,4}/gu) ?? [],
    );
    this.han = runs.length > 0 ? runs : ['开发', '社区版', '日本語', '镜像'];
  }

  /** A whole number from 0 to `limit` - 1. */
  below(limit: number): number {
    return Math.floor(this.random() * limit);
  }

  row(): Row {
    return this.of(this.sample);
  }

  name(): string {
    return this.row().name;
  }

  popularName(): string {
    return this.of(this.popular).name;
  }

  word(): string {
    return this.of(this.words);
  }

  commonWord(): string {
    return this.of(this.common);
  }

  characters(): string {
    return this.of(this.han);
  }

  /** Two or three words of one name and its description. */
  wordsOfOne(): string {
    for (;;) {
      const { name, description } = this.row();
      const words = [...new Set([...wordsOf(name), ...wordsOf(description)])];
      const first = this.below(Math.max(words.length - 1, 1));
      if (words.length > 1) return words.slice(first, first + 2 + this.below(2)).join(' ');
    }
  }

  /** A popular name of at least six letters with letters dropped or exchanged. */
  misspelt(edits: number): string {
    let name = '';
    while (name.length < 6) name = this.popularName();
    for (let edit = 0; edit < edits; edit += 1) {
      const at = 1 + this.below(name.length - 2);
      const [a, b] = [name[at]!, name[at + 1]!];
      name = name.slice(0, at) + (this.below(2) === 0 ? b + a : b) + name.slice(at + 2);
    }
    return name;
  }

  private of<T>(values: readonly T[]): T {
    return values[this.below(values.length)]!;
  }
}
