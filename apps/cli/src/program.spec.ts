import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import type { Command } from 'commander';
import { asOneLine, describeFailure } from './failure';
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
