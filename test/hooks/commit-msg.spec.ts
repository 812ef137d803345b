import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { packageRoot } from '@central-index/platform/config';

const hook = join(packageRoot, '.githooks', 'commit-msg');
const subject = 'Cache grants per request';
const why = 'Repeated pulls decided the same grant several times per second.';

describe('the commit-msg hook', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'central-index-hook-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function check(message: string): { readonly accepted: boolean; readonly output: string } {
    const file = join(folder, 'COMMIT_EDITMSG');
    writeFileSync(file, message);
    const { status, stderr } = spawnSync('sh', [hook, file], {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, LC_ALL: 'C' },
    });
    return { accepted: status === 0, output: stderr };
  }

  it('can be executed', () => {
    assert.notEqual(statSync(hook).mode & 0o111, 0);
  });

  const accepted: [what: string, message: string][] = [
    ['a subject, a blank line and a body', `${subject}\n\n${why}\n`],
    ['a subject of 72 characters', `${'x'.repeat(72)}\n\n${why}\n`],
    ['characters of several bytes, counted once', `${'é'.repeat(72)}\n\n${why}\n`],
    ['comments and the diff of --verbose', `# Old\n${subject}\n# New\n\n${why}\n# ---- >8 ----\ndiff\n`],
    ['lines that end in CRLF', `${subject}\r\n\r\n${why}\r\n`],
    ['a body with trailers', `${subject}\n\n${why}\n\nSigned-off-by: A <a@example.org>\n`],
    ['a merge', "Merge branch 'main'\n"],
    ['a revert', `Revert "${'x'.repeat(72)}"\n`],
    ['a fixup', `fixup! ${subject}\n`],
    ['a squash', `squash! ${subject}\n`],
  ];
  for (const [what, message] of accepted) {
    it(`accepts ${what}`, () => assert.deepEqual(check(message), { accepted: true, output: '' }));
  }

  const refused: [what: string, message: string, reason: RegExp][] = [
    ['an empty message', '\n\n', /no subject/],
    ['comments alone', '# Please enter\n', /no subject/],
    ['a subject of 73 characters', `${'x'.repeat(73)}\n\n${why}\n`, /73 characters/],
    ['a second line that is not blank', `${subject}\n${why}\n`, /second line/],
    ['a subject alone', `${subject}\n`, /no body/],
    ['a body of comments', `${subject}\n\n# ${why}\n`, /no body/],
    ['a body of trailers', `${subject}\n\nSigned-off-by: A <a@example.org>\n`, /no body/],
    [
      'a diff as its body',
      `${subject}\n\n# ------------------------ >8 ------------------------\ndiff\n`,
      /no body/,
    ],
    ['a subject that only begins like a merge', 'Merged too long ago\n', /no body/],
  ];
  for (const [what, message, reason] of refused) {
    it(`refuses ${what}`, () => {
      const result = check(message);
      assert.equal(result.accepted, false);
      assert.match(result.output, reason);
    });
  }
});
