/** A pseudo-random generator (mulberry32): the same seed gives the same numbers. */
export class Dice {
  constructor(private state: number) {}

  /** An integer from 0 up to and excluding `below`. */
  roll(below: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  }

  /** A random element. */
  pick<T>(from: readonly T[]): T {
    return from[this.roll(from.length)]!;
  }

  /** True with a probability of 1 / `count`. */
  oneIn(count: number): boolean {
    return this.roll(count) === 0;
  }
}

const hostile = [
  ...[
    '',
    '/',
    '//',
    '.',
    '..',
    '*',
    'alice',
    'alice/',
    '/alice/app',
    'alice//app',
    'alice/*',
    '*/*',
    'alice/..',
  ],
  ...[
    'ALICE/app',
    'alice/App',
    'Alice/secret',
    'alice%2fsecret',
    'alice%2Fsecret',
    'alice/secret%00',
    'alice\\secret',
  ],
  ...[
    'alice/secret/deep',
    'alice/secret/',
    './alice/secret',
    'alice/./secret',
    'bob/../alice/secret',
    'alice/secret;x',
  ],
  ...[
    'host.io/alice/secret',
    'host:5000/alice/secret',
    'localhost:23351/alice/app',
    'alice/secret:v1',
    'alice/secret@x',
  ],
  ...[
    'Library/centos',
    'library',
    'library/',
    'library/library/centos',
    'library/centos/x',
    'centos/',
    'library//centos',
  ],
  ...[
    'alice/secret\u200b',
    '\u0430lice/secret',
    'alice/secre\u0442',
    'alice/ſecret',
    'ａlice/app',
    'alice/séc',
  ],
  ...[
    '__proto__',
    '__proto__/x',
    'constructor/x',
    'alice/__proto__',
    'alice/constructor',
    'alice/_app',
    'alice/app_',
  ],
  ...[
    'alice/a--b',
    'alice/a..b',
    'alice/a___b',
    'alice/.app',
    '-/x',
    'a/b',
    'catalog',
    ':',
    '::',
    'alice/app?x=1',
  ],
  ...[
    '0'.repeat(64),
    `library/${'a'.repeat(64)}`,
    `alice/${'a'.repeat(250)}`,
    'a'.repeat(300),
    `alice/${'x-'.repeat(99)}`,
  ],
];
const types = [
  ...Array<string>(60).fill('repository'),
  ...[
    'repository(plugin)',
    'repository()',
    'Repository',
    'REPOSITORY',
    'registry',
    'registry',
    'plugin',
    '',
    'x(y',
    'é',
  ],
];
const actions = [
  ...Array<string[]>(8).fill(['pull', 'push', 'pull', 'push', 'delete', '*']).flat(),
  ...[
    '',
    'search',
    'PULL',
    'Push',
    'pull ',
    'metadata',
    'manage',
    'p*',
    'pull\t',
    '\0',
    'push%2cdelete',
    'admin',
    'view',
  ],
];
const noise = [
  '',
  ' ',
  ':',
  ',',
  '/',
  '*',
  '%',
  '.',
  '\t',
  '\n',
  '\0',
  '(',
  ')',
  '"',
  'é',
  '\u202e',
  '🐳',
  'x',
  'pull',
  '::',
];

/** One `scope` parameter with valid or malformed syntax, about the given names and hostile ones. */
export function fuzzedScope(dice: Dice, names: readonly string[]): string {
  if (dice.oneIn(5_000)) return `repository:${'a/b:'.repeat(25_000)}`;
  const scopes = Array.from({ length: 1 + (dice.oneIn(4) ? dice.roll(3) : 0) }, () =>
    fuzzedEntry(dice, names),
  );
  if (dice.oneIn(2_000)) {
    for (let i = 0; i < 70; i++) scopes.push(`repository:alice/many${i}:pull`);
  }
  let text = scopes.join(dice.oneIn(30) ? '  ' : ' ');
  while (dice.oneIn(8)) text = mutated(dice, text);
  return text;
}

function fuzzedEntry(dice: Dice, names: readonly string[]): string {
  if (dice.oneIn(25)) return `registry:catalog:${dice.pick(['*', 'search', '*,search', 'pull', ''])}`;
  const name = dice.oneIn(8) ? dice.pick(hostile) : dice.pick(names);
  const list = Array.from({ length: 1 + dice.roll(3) }, () => dice.pick(actions));
  return `${dice.pick(types)}:${name}:${list.join(',')}`;
}

function mutated(dice: Dice, text: string): string {
  const offset = dice.roll(text.length + 1);
  switch (dice.roll(4)) {
    case 0:
      return text.slice(0, offset) + dice.pick(noise) + text.slice(offset);
    case 1:
      return text.slice(0, offset) + dice.pick(noise) + text.slice(offset + 1 + dice.roll(3));
    case 2:
      return text.slice(0, offset) + text.slice(offset).toUpperCase();
    default:
      return text + text.slice(offset);
  }
}
