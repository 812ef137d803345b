import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import type { Command } from 'commander';
import { asOneLine, describeFailure, UsageError } from './failure';
import { createProgram } from './program';

function leaves(command: Command): Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);
}

test('every command has a description, an example and --json', () => {
  for (const command of leaves(createProgram())) {
    let help = '';
    command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
    assert.ok(command.description().length > 20, `${command.name()} has no description`);
    assert.match(help, /Examples:\n {2}\$ central-index /, `${command.name()} has no example`);
    assert.match(help, /--json/, `${command.name()} lacks --json`);
  }
});

const usageErrors: [string, RegExp][] = [
  ['nosuch', /^unknown command 'nosuch'; `central-index --help`/],
  ['acount list', /^unknown command 'acount'\s+\(Did you mean account\?\); `central-index --help`/],
  ['registry doctor', /^missing required argument 'name'; `central-index registry doctor --help`/],
  ['search query nginx more', /^too many arguments.*; `central-index search query --help`/],
  ['search query nginx --nosuch', /^unknown option '--nosuch'; `central-index search query --help`/],
  ['search query nginx --page first', /argument 'first' is invalid.*; `central-index search query --help`/],
  [
    'admin create olga',
    /^required option '--email <address>' not specified; `central-index admin create --help`/,
  ],
  ['registry add main --url http://x --kind nosuch', /is invalid.*; `central-index registry add --help`/],
  ['registry place a/b', /^give a pattern.*; `central-index registry place --help`/],
];

test('a wrong command line is a usage error that points at the help of its command', async () => {
  for (const [line, message] of usageErrors) {
    await assert.rejects(createProgram().parseAsync(line.split(' '), { from: 'user' }), (error: Error) => {
      assert.ok(error instanceof UsageError, `${line}: ${error.message}`);
      assert.match(error.message, message);
      return true;
    });
  }
});

test('an error is reported on one line, whatever its text', () => {
  assert.equal(asOneLine(' a\n   b\n\nc '), 'a b c\n');
  assert.equal(
    describeFailure(new AggregateError([new Error('connect ECONNREFUSED ::1:1')])),
    'connect ECONNREFUSED ::1:1',
  );
  assert.equal(describeFailure(new Error('')), 'failed for an unknown reason');
});

test('an unreachable database is reported as such', () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' });
  assert.match(describeFailure(refused), /^the database cannot be reached: connect ECONNREFUSED/);
});
