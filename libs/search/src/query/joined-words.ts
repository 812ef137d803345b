import type { Token, TokenizedText } from './tokenizer';

// Longer runs are hardly ever one word (`php my admin` has three, the licence `gpl-3.0-only` four).
const maxRun = 4;
const maxJoinedLength = 64;
const hasLetter = /\p{L}/u;

/** Neighbouring words of a query written as one, and the words that it consists of. */
export interface JoinedWords {
  readonly word: string;
  readonly parts: readonly string[];
}

/** Every run of two to four neighbouring words, joined: `rabbit mq` may be `rabbitmq`. */
export function joinedRuns({ tokens }: TokenizedText): JoinedWords[] {
  const runs: JoinedWords[] = [];
  for (let length = 2; length <= maxRun; length++) {
    for (let first = 0; first + length <= tokens.length; first++) {
      const joined = join(tokens.slice(first, first + length));
      if (joined !== undefined) runs.push(joined);
    }
  }
  return runs;
}

/** Pairs of neighbours, joined, and all words joined: `node-exporter` is found by `nodeexporter`. */
export function joinedNeighbours({ tokens }: TokenizedText): string[] {
  const pairs = tokens.slice(1).map((token, index) => join([tokens[index]!, token])?.word);
  const whole = tokens.length > 2 ? [join(tokens)?.word] : [];
  return [...pairs, ...whole].filter((word) => word !== undefined);
}

/**
 * Words of a sentence that punctuation joins, written as one: `Node.js` is found by `nodejs`, `e-mail` by `email`. Longer
 * runs are addresses and paths, whose words are not typed as one.
 */
export function joinedByPunctuation(text: TokenizedText): string[] {
  const words: string[] = [];
  for (let first = 0; first < text.tokens.length;) {
    let end = first + 1;
    while (end < text.tokens.length && isAttached(text, end)) end++;
    const length = end - first;
    if (length >= 2 && length <= maxRun) {
      words.push(...joinedNeighbours({ text: text.text, tokens: text.tokens.slice(first, end) }));
    }
    first = end;
  }
  return words;
}

// One mark between two words, and no space: `ci/cd`, `t-sql`, `ruby's`.
function isAttached({ text, tokens }: TokenizedText, index: number): boolean {
  const [before, token] = [tokens[index - 1]!, tokens[index]!];
  if (token.start - before.end !== 1 || before.isPart || token.isPart) return false;
  return /[^\s\p{C}\p{Z}]/u.test(text.slice(before.end, token.start));
}

function join(tokens: readonly Token[]): JoinedWords | undefined {
  if (tokens.some(({ isPart }) => isPart)) return undefined;
  const parts = tokens.map(({ word }) => word);
  const word = parts.join('');
  // Of numbers, such as those of a version, none is a part of another.
  return word.length <= maxJoinedLength && hasLetter.test(word) ? { word, parts } : undefined;
}
