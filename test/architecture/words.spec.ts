import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from '@jest/globals';
import { packageRoot } from '@central-index/platform/config';
import { bannedWords, formerNames } from './banned-words';
import { findBannedWords, isExempt } from './find-banned-words';
import { formatFinding, lintedFiles, lintedRoots, lintWords } from './lint-words';

const words = (path: string, text: string): string[] => findBannedWords(path, text).map(({ word }) => word);
const inCode = (text: string): string[] => words('libs/x/src/x.ts', text);
const inMarkdown = (text: string): string[] => words('docs/x.md', text);

describe('the word lint', () => {
  it('finds nothing in the whole tree', () => {
    const findings = lintWords(packageRoot).map(formatFinding);
    const first = findings.slice(0, 50).join('\n');
    assert.equal(findings.length, 0, `${findings.length} banned words (npm run lint:words):\n${first}`);
  });

  it('reads every root and every type of file', () => {
    assert.deepEqual(
      lintedRoots.filter((path) => !existsSync(join(packageRoot, path))),
      [],
    );
    const files = lintedFiles(packageRoot);
    assert.ok(files.length > 400, `${files.length} files`);
    for (const path of [
      '.ci/run',
      '.githooks/commit-msg',
      'README.md',
      'bin/build.js',
      'deploy/registry.yml',
      'docs/glossary.md',
      'test/architecture/words.spec.ts',
    ]) {
      assert.ok(files.includes(path), path);
    }
  });

  it('takes no word twice, and says what to write instead', () => {
    const patterns = bannedWords.map(({ pattern }) => pattern.source);
    assert.equal(new Set(patterns).size, patterns.length);
    for (const { pattern, instead, reason } of bannedWords) {
      assert.ok(instead.length > 0 && reason.length > 0, pattern.source);
      assert.deepEqual(inMarkdown(`Write ${instead}.`), [], `the words for ${pattern.source}`);
    }
    assert.deepEqual(inMarkdown(Object.values(formerNames).join(', ')), []);
  });

  it('says where and why', () => {
    assert.deepEqual(
      findBannedWords('docs/x.md', 'One line.\nThe index is read\nanew.\n').map(formatFinding),
      ['docs/x.md:3 "anew": write again, from scratch: plain present-day English'],
    );
  });
});

describe('the word lint, prose', () => {
  const found: [text: string, ...words: string[]][] = [
    ['Nobody reads it, whoever asks.', 'Nobody', 'whoever'],
    ['The user and his token.', 'his'],
    ['It is sent by\n turns.', 'by turns'],
    ['A join is dear here.', 'dear'],
    ['One line a happening.', 'happening'],
    ['The port is a wish.', 'wish'],
    ['Differences are mended.', 'mended'],
    ['No registry may bear it.', 'bear'],
    ['It is retried for ever.', 'for ever'],
    ['Wait for so many milliseconds.', 'so many'],
    ['Wait for so long.', 'so long'],
    ['Log: unforeseen error', 'unforeseen error'],
    ['Two run at once.', 'at once'],
    ['The session is over.', 'is over'],
    [
      'Sent four times a second, 1,000 rows a minute, once an hour.',
      'times a second',
      '1,000 rows a minute',
      'once an hour',
    ],
    ['Answers how many were sent.', 'Answers how'],
    ['A room has one door.', 'room', 'door'],
    ['The registry-sweep of an identity token.', 'sweep', 'identity token'],
    ['Rows of `waiting_fact` and identity_token.', 'waiting_fact', 'identity_token'],
    ['The job registry.reported answers BAD_CREDENTIALS.', 'registry.reported', 'BAD_CREDENTIALS'],
    ['registry add main --for zot', '--for zot'],
    ['Caches are bypassed, entries forgotten.', 'forgotten'],
    ['Manage what it tells; look after it.', 'tells', 'look after'],
  ];
  for (const [text, ...expected] of found) {
    it(`finds ${expected.join(', ')}`, () => assert.deepEqual(inMarkdown(text), expected));
  }

  const accepted = [
    'The bearer token, the beard and the forbearance.',
    'The other, the theme, the history of this.',
    'The dearth of believable mirrorless cameras.',
    'A timeout of over 100 ms; what is over a limit; the value is over 5.',
    'So many requests arrive that the queue fills. It takes so long that it is repeated.',
    'A second registry, an hour later, within a minute.',
    'Use docker with a registry mirror.',
    'The in-house ClickHouse and its roommate.',
    'PostgreSQL runs as `nobody`, or as the account nobody.',
    'The watchdog looks after two seconds.',
    'Reconcile, retry, invalidate and purge once per hour.',
    'The patient answers of the client.',
    'Besides the tag, an index is read. The part besides it is kept.',
  ];
  for (const text of accepted) it(`accepts: ${text}`, () => assert.deepEqual(inMarkdown(text), []));

  it('reads comments, documentation and texts of code, and none of its syntax', () => {
    assert.deepEqual(inCode('// Read\n// by turns.\nlet a = 1;'), ['by turns']);
    assert.deepEqual(inCode('/** Read by\n * turns. */\nlet a = 1;'), ['by turns']);
    assert.deepEqual(inCode('let a = 1; // read anew\n'), ['anew']);
    assert.deepEqual(inCode("let a = 'it is read anew';"), ['anew']);
    assert.deepEqual(inCode('let a = `${b} is read anew`;'), ['anew']);
    assert.deepEqual(inCode('let a = `${`read anew`} is`;'), ['anew']);
    assert.deepEqual(inCode("let url = 'http://x'; // so // is anew\n"), ['anew']);
    assert.deepEqual(inCode('let a = /he is read anew/;'), []);
    assert.deepEqual(inCode('// by\nlet a;\n// turns'), []);
    assert.deepEqual(inCode('let a = `read ${b}/he`;'), ['he']);
    assert.deepEqual(inCode("get('http://he');"), []);
    assert.deepEqual(inCode("run('nobody', 'x/he');"), []);
  });

  it('reads only comments of shell scripts', () => {
    assert.deepEqual(words('.ci/run', '#!/bin/sh\n# Read anew.\nchown nobody x # by turns\n'), [
      'anew',
      'by turns',
    ]);
    assert.deepEqual(words('deploy/x.yml', '# Read anew.\nname: what is told\n'), ['anew', 'told']);
  });
});

describe('the word lint, names', () => {
  const found: [code: string, ...words: string[]][] = [
    ['class SignsOfLife {}', 'SignsOfLife'],
    ['const signs_of_life = 1;', 'signs_of_life'],
    ['const x = { errandId: 1 };', 'errandId'],
    ['type X = IdentityTokens;', 'IdentityTokens'],
    ['class X { #ceiling = 1; }', 'ceiling'],
    ['const mostTries = 3, leastSize = 1;', 'mostTries', 'leastSize'],
    ['const serverPatience = 1, keptFor = 2, againForMs = 3;', 'serverPatience', 'keptFor', 'againForMs'],
    ['import { x } from "./remembered";', './remembered'],
    ['sql(`select 1 from registry_sweep`);', 'registry_sweep'],
    ['import { Changes } from "y";', 'Changes'],
    ['holdsSealed();', 'holdsSealed'],
    ["state('registry.reported');", 'registry.reported'],
    ['function noteUse() {}', 'noteUse'],
    ['class X { take() {} hear() {} }', 'take', 'hear'],
    ['const x = { give: () => 1, look: function () {} };', 'give', 'look'],
    ['interface X { ask(): void }', 'ask'],
    ['class X { private keep = async () => {} }', 'keep'],
  ];
  for (const [code, ...expected] of found) {
    it(`finds ${expected.join(', ')}`, () => assert.deepEqual(inCode(code), expected));
  }

  const accepted = [
    'const note = row.note; take(note);',
    'const { keepAlive } = options; const asked = given.notes;',
    'function lookUp() {} function lookup() {} function takeaway() {}',
    'function keeper() {} function notation() {}',
    'const changes = 1; const almost = 2; const utmost = 3; const leastwise = 4;',
    'const bearer = 1; const forbear = 2; const hearing = 3; const inpatients = 4;',
    "run('nobody');",
    'const { he } = her;',
  ];
  for (const code of accepted) it(`accepts: ${code}`, () => assert.deepEqual(inCode(code), []));

  it('reads paths', () => {
    assert.deepEqual(words('libs/x/src/identity-token.entity.ts', ''), ['identity-token.entity.ts']);
    assert.deepEqual(words('docs/operations/sweeps.md', ''), ['sweeps.md']);
    assert.deepEqual(words('libs/x/src/refresh-token.entity.ts', ''), []);
  });
});

describe('the word lint, exemptions', () => {
  const old = "// Made anew.\nclass X { sql = 'create table errand'; }";

  it('are released migrations, data of earlier versions, and the lint itself', () => {
    for (const path of [
      'migrations/1764000013000-create-errand.ts',
      'migrations/1764000018000-cover-spelling.ts',
      'migrations/1764000020000-rename-by-vocabulary.ts',
      'migrations/1764000020000-jobs.ts',
      'test/migrations/before-rename.ts',
      'test/architecture/banned-words.ts',
      'test/architecture/words.spec.ts',
    ]) {
      assert.ok(isExempt(path), path);
      assert.deepEqual(words(path, old), []);
    }
  });

  it('are not the files beside them', () => {
    for (const path of [
      'migrations/index.ts',
      'migrations/README.md',
      'test/architecture/find-banned-words.ts',
      'test/architecture/boundaries.spec.ts',
      'libs/x/migrations/1764000013000-x.ts',
    ]) {
      assert.ok(!isExempt(path), path);
    }
  });

  it('are the SQL and the file name of later migrations, not their comments and identifiers', () => {
    const path = 'migrations/1764000019000-rename-errand.ts';
    assert.deepEqual(words(path, 'const sql = `alter table errand rename to operation`;'), []);
    assert.deepEqual(words(path, '// Made anew.\nconst errand = `alter table errand`;'), ['anew', 'errand']);
  });

  it('are names of released migrations where they are listed', () => {
    const listed = (at: string): string =>
      `import { CreateErrand${at} } from './${at}-create-errand';\nexport const all = [CreateErrand${at}];`;
    assert.deepEqual(words('migrations/index.ts', listed('1764000013000')), []);
    assert.equal(words('migrations/index.ts', listed('1764000019000')).length, 3);
  });
});
