import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import type { Command } from 'commander';
import { createProgram } from '../../apps/cli/src/program';
import { hostileText } from '../fuzz/hostile-values';
import { Dice } from '../fuzz/token-requests';
import { runCommand } from '../support/cli';
import { IndexUnderTest } from '../support/index-under-test';
import { diagnostic } from '../support/jest';
import { register } from '../support/token-fixtures';

// CLI_FUZZ sets the number of commands, FUZZ_SEED repeats a run.
const runs = Number(process.env.CLI_FUZZ ?? 80);
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);
const concurrency = 4;

// These run until they are stopped, or change more than one database.
const excluded = /^(?:start|server|worker|migrate|database copy)$/;
const validValues: Readonly<Record<string, string>> = {
  repository: 'alice/app',
  pattern: 'alice/*',
  url: 'http://127.0.0.1:9',
  registry: 'main',
  email: 'x@example.org',
  file: '/nonexistent',
  q: 'app',
  account: 'alice',
  scope: 'repository:alice/app:pull',
};

/** A command line with one hostile value. */
interface Field {
  readonly name: string;
  readonly line: (value: string) => string[];
}

function leaves(command: Command, path: readonly string[] = []): [path: readonly string[], leaf: Command][] {
  if (command.commands.length === 0) return [[path, command]];
  return command.commands.flatMap((one) => leaves(one, [...path, one.name()]));
}

function fieldsOf(path: readonly string[], command: Command): Field[] {
  const name = path.join(' ');
  const valid = (key: string): string => validValues[key] ?? (path[0] === 'registry' ? 'main' : 'alice');
  const args = command.registeredArguments.map((argument) => valid(argument.name()));
  const required = command.options.filter(({ mandatory }) => mandatory);
  const options = (except?: string): string[] =>
    required
      .filter(({ long }) => long !== except)
      .map((option) => `${option.long}=${valid(option.attributeName())}`);
  const json = command.options.some(({ long }) => long === '--json') ? ['--json'] : [];
  return [
    ...args.map((_, at) => ({
      name: `${name} <${command.registeredArguments[at]!.name()}>`,
      line: (value: string) => [...path, ...json, ...options(), '--', ...args.with(at, value)],
    })),
    ...command.options
      .filter((option) => option.required || option.optional)
      .map(({ long }) => ({
        name: `${name} ${long}`,
        line: (value: string) => [
          ...path,
          ...json,
          ...options(long),
          `${long}=${value}`,
          ...(args.length > 0 ? ['--', ...args] : []),
        ],
      })),
  ];
}

describe('hostile arguments of commands', () => {
  let index: IndexUnderTest;
  beforeAll(async () => {
    index = await IndexUnderTest.start({ RATE_LIMITS: 'off' });
    await register(index, { name: 'main', url: 'http://127.0.0.1:9' });
    const alice = await index.signUp('alice');
    const response = await alice.post('/api/v1/namespaces/alice/repositories', { name: 'app' });
    assert.equal(response.status, 201);
  });
  afterAll(() => index.stop());

  it('are refused in words, or taken: no command fails for an internal reason', async () => {
    const fields = leaves(createProgram())
      .filter(([path]) => !excluded.test(path.join(' ')))
      .flatMap(([path, command]) => fieldsOf(path, command));
    assert.ok(fields.length > 60, `${fields.length} fields`);
    const codes = new Map<number | null, number>();
    const wrong: string[] = [];
    let next = 0;
    const run = async (): Promise<void> => {
      for (let n = next++; n < runs && wrong.length < 10; n = next++) {
        const field = fields[(seed + n) % fields.length]!;
        // No argument of a process contains NUL, or code units that are no character.
        const value = hostileText(new Dice(seed + n))
          .replaceAll('\0', '')
          .toWellFormed();
        const line = field.line(value);
        const { code, stdout, stderr } = await runCommand(index, ...line);
        codes.set(code, (codes.get(code) ?? 0) + 1);
        const isReported = code === 0 || stdout.trim() !== '' || stderr.trim().split('\n').length === 1;
        const isExpected = code !== null && code <= 3 && isReported;
        if (!isExpected || /INTERNAL_ERROR|\n\s+at |SQLSTATE/.test(stderr)) {
          wrong.push(
            `FUZZ_SEED=${seed} #${n} ${field.name} ${JSON.stringify(line)}: ${code} ${stderr.slice(0, 300)}`,
          );
        }
      }
    };
    await Promise.all(Array.from({ length: concurrency }, run));
    const counts = [...codes].map(([code, count]) => `exit ${code}: ${count}`);
    diagnostic(`${runs} commands, ${fields.length} fields, seed ${seed}, ${counts.join(', ')}`);
    assert.deepEqual(wrong, []);
    assert.ok((codes.get(1) ?? 0) + (codes.get(0) ?? 0) > 0, 'some command lines are read to their end');
  }, 1_800_000);
});
