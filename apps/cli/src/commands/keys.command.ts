import { AuditModule } from '@central-index/audit';
import {
  AuthorityRotation,
  SigningKeysService,
  TokensModule,
  type SigningKeyRecord,
} from '@central-index/tokens';
import { Option, type Command } from 'commander';
import { printResult, examples, type OutputOptions } from '../output';
import { withContext } from '../context';

interface ExportOptions extends OutputOptions {
  readonly pem?: boolean;
  readonly jwks?: boolean;
}

/** `keys`: looks after the keys that sign tokens. Private halves never leave the database. */
export function keysCommands(program: Command): void {
  const keys = program
    .command('keys')
    .description('Look after the keys that sign tokens, and export what registries must trust.');
  rotateCommand(keys);
  keys
    .command('list')
    .description('List the signing keys: those to come, in use, and retired but still verifying.')
    .addHelpText('after', examples('keys list', 'keys list --json'))
    .action(async (options: OutputOptions) => {
      const list = await withContext([AuditModule, TokensModule], (app) =>
        app.get(SigningKeysService).list(),
      );
      printResult(
        options,
        list.map(keyRow),
        list.length === 0 ? 'no keys yet: the first start makes them' : table(list),
      );
    });
  keys
    .command('export')
    .description(
      "Print what a verifier needs: the authority's certificate for rootcertbundle (default), or the key set.",
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
      'Replace the keys that sign for Distribution registries. Returns when every process signs with the new ones; no ' +
        'registry is restarted, and tokens that were given stay good.',
    )
    .option(
      '--ca',
      'replace the authority above them, in two runs: the first publishes the next one, for the registries to trust ' +
        'both; the second lets it take over, and refuses while a registry does not trust it',
    )
    .addHelpText('after', examples('keys rotate', 'keys rotate --ca'))
    .action(async (options: OutputOptions & { ca?: boolean }) => {
      const actor = { name: ':cli' };
      const told = await withContext([AuditModule, TokensModule], async (app) =>
        options.ca
          ? app.get(AuthorityRotation).advance(actor)
          : { step: 'switched' as const, ...(await app.get(SigningKeysService).rotate(actor)) },
      );
      printResult(
        options,
        told,
        told.step === 'published'
          ? [
              'published the next authority: `central-index keys export` prints both certificates',
              `give them to ${told.registries.join(', ') || 'your registries'} as rootcertbundle, restart these, then run \`keys rotate --ca\` again`,
            ]
          : `every process now signs with ${told.activated.join(', ')}`,
      );
    });
}

function keyRow(key: SigningKeyRecord): Record<string, string | null> {
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
