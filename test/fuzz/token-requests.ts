/** A source of random numbers that a seed makes the same again (mulberry32). */
export class Dice {
  constructor(private state: number) {}

  /** A whole number from 0 to `below`, without it. */
  roll(below: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  }

  pick<T>(from: readonly T[]): T {
    return from[this.roll(from.length)]!;
  }

  oneIn(many: number): boolean {
    return this.roll(many) === 0;
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

/** One `scope` parameter, by the grammar or broken, over these names and hostile ones. */
export function fuzzedScope(dice: Dice, names: readonly string[]): string {
  if (dice.oneIn(5_000)) return `repository:${'a/b:'.repeat(25_000)}`;
  const scopes = Array.from({ length: 1 + (dice.oneIn(4) ? dice.roll(3) : 0) }, () => oneScope(dice, names));
  if (dice.oneIn(2_000)) {
    for (let i = 0; i < 70; i++) scopes.push(`repository:alice/many${i}:pull`);
  }
  let text = scopes.join(dice.oneIn(30) ? '  ' : ' ');
  while (dice.oneIn(8)) text = broken(dice, text);
  return text;
}

function oneScope(dice: Dice, names: readonly string[]): string {
  if (dice.oneIn(25)) return `registry:catalog:${dice.pick(['*', 'search', '*,search', 'pull', ''])}`;
  const name = dice.oneIn(8) ? dice.pick(hostile) : dice.pick(names);
  const list = Array.from({ length: 1 + dice.roll(3) }, () => dice.pick(actions));
  return `${dice.pick(types)}:${name}:${list.join(',')}`;
}

function broken(dice: Dice, text: string): string {
  const at = dice.roll(text.length + 1);
  switch (dice.roll(4)) {
    case 0:
      return text.slice(0, at) + dice.pick(noise) + text.slice(at);
    case 1:
      return text.slice(0, at) + dice.pick(noise) + text.slice(at + 1 + dice.roll(3));
    case 2:
      return text.slice(0, at) + text.slice(at).toUpperCase();
    default:
      return text + text.slice(at);
  }
}
