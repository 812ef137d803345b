import { AuditModule } from '@central-index/audit';
import {
  AuthorityRotation,
  RegistryKeyRotation,
  SigningKeysService,
  TokensModule,
  type SigningKeyRecord,
} from '@central-index/tokens';
import { Option, type Command } from 'commander';
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { printResult, examples, type OutputOptions } from '../output';
import { withContext } from '../context';
import { operator } from '../operator';

interface RotateOptions extends OutputOptions {
  readonly ca?: boolean;
  readonly registry?: string;
  readonly config?: string;
}

interface ExportOptions extends OutputOptions {
  readonly pem?: boolean;
  readonly jwks?: boolean;
}

/** `keys`: manages the keys that sign tokens. Private keys never leave the database. */
export function keysCommands(program: Command): void {
  const keys = program
    .command('keys')
    .description('Manage the keys that sign tokens, and export the certificates that registries must trust.');
  rotateCommand(keys);
  keys
    .command('list')
    .description('List the signing keys: next, active, and retired ones that still verify tokens.')
    .addHelpText('after', examples('keys list', 'keys list --json'))
    .action(async (options: OutputOptions) => {
      const list = await withContext([AuditModule, TokensModule], (app) =>
        app.get(SigningKeysService).list(),
      );
      printResult(
        options,
        list.map(toJson),
        list.length === 0 ? 'no keys yet: the first start creates them' : table(list),
      );
    });
  keys
    .command('export')
    .description(
      'Print what verifies tokens: the certificate of the authority for rootcertbundle (default), or the key set.',
    )
    .addOption(new Option('--pem', 'the certificate of the authority, in PEM').conflicts('jwks'))
    .option('--jwks', 'the key set, as JSON (RFC 7517)')
    .addHelpText('after', examples('keys export > ca.pem', 'keys export --jwks > jwks.json'))
    .action(async (options: ExportOptions) => {
      await withContext([AuditModule, TokensModule], async (app) => {
        const service = app.get(SigningKeysService);
        if (options.jwks) {
          const set = await service.jwks();
          printResult(options, set, JSON.stringify(set, null, 2));
        } else {
          const pem = await service.authorityPem();
          printResult(options, { pem }, pem.trimEnd());
        }
      });
    });
}

function rotateCommand(keys: Command): void {
  keys
    .command('rotate')
    .description(
      'Replace the keys that sign tokens for Distribution registries. Returns when every process signs with the new ' +
        'keys. No registry needs a restart, and issued tokens stay valid.',
    )
    .option(
      '--ca',
      'replace the certificate authority, in two runs: the first publishes the next authority, so that registries ' +
        'can trust both; the second activates it, and fails while a registry does not trust it',
    )
    .addOption(
      new Option(
        '--registry <name>',
        'replace the key of one zot registry, in two runs: the first writes the next certificate, with which the ' +
          'registry is restarted, and both keys hold; the second ends that, and fails while it does not trust the next',
      ).conflicts('ca'),
    )
    .option(
      '--config <file>',
      'with --registry: write to <file>.ca.pem, as `registry add` did (default: <name>.ca.pem)',
    )
    .addHelpText(
      'after',
      examples('keys rotate', 'keys rotate --ca', 'keys rotate --registry zot --config zot.json'),
    )
    .action(async (options: RotateOptions) => {
      if (options.registry !== undefined) return rotateRegistryKey(options.registry, options);
      const result = await withContext([AuditModule, TokensModule], async (app) =>
        options.ca
          ? app.get(AuthorityRotation).advance(operator)
          : { step: 'switched' as const, ...(await app.get(SigningKeysService).rotate(operator)) },
      );
      printResult(
        options,
        result,
        result.step === 'published'
          ? [
              'published the next authority: `central-index keys export` prints both certificates',
              `set them as rootcertbundle of ${result.registries.join(', ') || 'your registries'}, restart these, then run \`keys rotate --ca\` again`,
            ]
          : `every process now signs with ${result.activated.join(', ')}`,
      );
    });
}

async function rotateRegistryKey(name: string, options: RotateOptions): Promise<void> {
  const outcome = await withContext([AuditModule, TokensModule], (app) =>
    app.get(RegistryKeyRotation).advance(name, operator),
  );
  if (outcome.step === 'switched') {
    printResult(
      options,
      { registry: name, ...outcome },
      `every process now signs with ${outcome.activated.join(', ')}`,
    );
    return;
  }
  const file = `${resolve(options.config ?? name)}.ca.pem`;
  await writeFile(file, outcome.certificate);
  const again = `set it as \`cert\` of ${name}, restart that, then run \`keys rotate --registry ${name}\` again`;
  const text =
    outcome.step === 'published'
      ? [
          `the next certificate of ${name} is in ${file}; until you say otherwise, the former one holds too`,
          again,
        ]
      : [`${name} does not trust its next certificate yet, which is in ${file}`, again];
  printResult(options, { registry: name, step: outcome.step, certificate: file }, text);
  if (outcome.step === 'waiting') process.exitCode = 1;
}

function toJson(key: SigningKeyRecord): Record<string, string | null> {
  return {
    kid: key.kid,
    algorithm: key.algorithm,
    purpose: key.purpose,
    state: key.state,
    not_before: key.notBefore.toISOString(),
    not_after: key.notAfter.toISOString(),
    created_at: key.createdAt.toISOString(),
    activated_at: key.activatedAt?.toISOString() ?? null,
  };
}

function table(keys: readonly SigningKeyRecord[]): string[] {
  return keys.map(({ kid, state, algorithm, purpose, notAfter }) =>
    [kid, state.padEnd(7), algorithm, purpose.padEnd(8), `until ${notAfter.toISOString().slice(0, 10)}`].join(
      '  ',
    ),
  );
}
