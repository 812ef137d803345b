import { bannedWords, formerNames, type BannedWord, type Scope } from './banned-words';
import { readMarkup, readSource, type Name } from './source-text';

/** A banned word at a place of a file. */
export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly word: string;
  readonly reason: string;
}

/** Released migrations never change, so those up to this one keep the names of their time. */
export const lastFrozenMigration = 1764000018000;

// Its files rename the former names to the present ones, so they contain the former names, in identifiers too.
const renamingMigration = 1764000020000;

/** True for files that hold banned words on purpose: released migrations, data of earlier versions, and this lint. */
export function isExempt(path: string): boolean {
  const migration = /^migrations\/(\d{13})-/.exec(path);
  if (migration !== null) {
    const timestamp = Number(migration[1]);
    return timestamp <= lastFrozenMigration || timestamp === renamingMigration;
  }
  return (
    path.startsWith('test/migrations/') || /^test\/architecture\/(banned-words|words\.spec)\.ts$/.test(path)
  );
}

/**
 * The banned words of one file, `path` being relative to the repository. Pure: it reads nothing but its parameters.
 * Code is parsed: identifiers are compared word by word, comments and strings as text. Markdown and YAML are text, of
 * shell scripts the comments are. What looks like code in a text is compared as a name, too.
 */
export function findBannedWords(path: string, text: string): Finding[] {
  if (isExempt(path)) return [];
  const found = new Map<
    string,
    { readonly offset: number; readonly word: string; readonly reason: string }
  >();
  const add = (offset: number, word: string, reason: string): void => {
    found.set(`${offset} ${reason}`, { offset, word, reason });
  };
  const isCode = /\.(ts|tsx|js|mjs|cjs)$/.test(path);
  const { names, proses } = isCode ? readSource(path, text) : readMarkup(path, text);
  const isMigration = /^migrations\/\d/.test(path);
  // SQL of a migration names what earlier versions made.
  const read = isMigration ? names.filter(({ kind }) => kind !== 'string') : names;
  for (const name of [...(isMigration ? [] : pathNames(path)), ...read]) checkName(name, add);
  for (const prose of isMigration ? proses.slice(0, 1) : proses) checkProse(prose, add);
  const lineOf = lineFinder(text);
  return [...found.values()]
    .sort((a, b) => a.offset - b.offset)
    .map(({ offset, word, reason }) => ({ path, line: lineOf(offset), word, reason }));
}

type Add = (offset: number, word: string, reason: string) => void;

interface Rule {
  readonly scope: Scope;
  readonly inName: RegExp;
  readonly inProse: RegExp;
  readonly reason: string;
}

const rules: readonly Rule[] = bannedWords.map(toRule);
const former = new Map(Object.entries(formerNames));

function toRule({ pattern, scope, instead, reason }: BannedWord): Rule {
  const { source } = pattern;
  const flags = /[A-Z]/.test(source) ? 'g' : 'gi';
  const isWholeName = source.includes('.*');
  return {
    scope,
    inName: isWholeName ? new RegExp(`^(?:${source})$`) : new RegExp(`\\b(?:${source})\\b`),
    inProse: new RegExp(`\\b(?:${source.replaceAll(' ', '\\s+')})(?![\\w])`, flags),
    reason: `write ${instead}: ${reason}`,
  };
}

function checkName(name: Name, add: Add): void {
  const newName = former.get(name.text);
  if (newName !== undefined && name.kind !== 'path') add(name.offset, name.text, `is ${newName} now`);
  // The class and file of a frozen migration, where it is listed.
  if (Number(/\d{13}/.exec(name.text)?.[0] ?? Infinity) <= lastFrozenMigration) return;
  const words = wordsOf(name.text);
  for (const { scope, inName, reason } of rules) {
    if (scope === 'prose' || (scope === 'functions' && name.kind !== 'function')) continue;
    const match = inName.exec(words);
    if (match !== null) add(name.offset, name.text, reason);
  }
}

function checkProse(prose: string, add: Add): void {
  for (const { scope, inProse, reason } of rules) {
    if (scope !== 'prose' && scope !== 'everywhere') continue;
    for (const match of prose.matchAll(inProse)) {
      add(match.index, match[0].replace(/\s+/g, ' '), reason);
    }
  }
  for (const match of prose.matchAll(codeLike)) {
    checkName({ text: match[0], offset: match.index, kind: 'string' }, add);
  }
  for (const [name, newName] of former) {
    if (!/[ .]/.test(name)) continue;
    for (let at = prose.indexOf(name); at >= 0; at = prose.indexOf(name, at + 1)) {
      add(at, name, `is ${newName} now`);
    }
  }
}

// With an underscore or a capital inside: a name, wherever it is written.
const codeLike = /\b[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+|(?<=[a-z0-9])[A-Z][A-Za-z0-9]*)+\b/g;

function wordsOf(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .replace(/([A-Za-z])([0-9])/g, '$1 $2')
    .replace(/[^A-Za-z0-9]+/g, ' ')
    .trim()
    .toLowerCase();
}

function pathNames(path: string): Name[] {
  return path.split('/').map((text) => ({ text, offset: 0, kind: 'path' }));
}

function lineFinder(text: string): (offset: number) => number {
  const starts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  return (offset) => {
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}
