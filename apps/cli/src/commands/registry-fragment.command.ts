import { AuditModule } from '@central-index/audit';
import { RegistriesService, registryToJson, type Registry } from '@central-index/registries';
import { RegistryConfigurations, TokensModule } from '@central-index/tokens';
import type { Command } from 'commander';
import { open, rename, rm, stat, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileNotWritten } from '../cli.errors';
import { withContext } from '../context';
import { operator } from '../operator';
import { examples, printResult, type OutputOptions } from '../output';

interface FragmentOptions extends OutputOptions {
  readonly config?: string;
  readonly fullConfig?: boolean;
}

/** `registry fragment`: writes the configuration fragment of a registry again, with a new secret. */
export function fragmentCommand(registry: Command): void {
  registry
    .command('fragment')
    .argument('<name>', 'the registry')
    .description(
      'Print the configuration fragment of a registry again, with a new secret for its notifications. The former secret ' +
        'stays valid until the first event with the new one, for 24 hours at most.',
    )
    .option(
      '--config <file>',
      'write the fragment to this file, in place of a former one, and the certificate to <file>.ca.pem',
    )
    .option('--full-config', 'a whole configuration instead of the fragment, to start the registry with')
    .addHelpText(
      'after',
      examples(
        'registry fragment main --config main.part.yml',
        'registry fragment eu > eu.part.yml',
        'registry fragment zot --full-config --config zot.json',
      ),
    )
    .action(writeFragment);
}

async function writeFragment(name: string, options: FragmentOptions): Promise<void> {
  const file = options.config === undefined ? undefined : resolve(options.config);
  if (file !== undefined) await requireReplaceable(file);
  await withContext([AuditModule, TokensModule], async (app) => {
    const registry = await app.get(RegistriesService, { strict: false }).get(name);
    const certificatePath = `${file ?? resolve(registry.name)}.ca.pem`;
    const configurations = app.get(RegistryConfigurations);
    const certificate = await configurations.certificateOf(registry);
    if (certificate !== undefined) await writeFile(certificatePath, certificate);
    const isWhole = options.fullConfig ?? false;
    const { fragment } = await configurations.renew(registry, operator, { certificatePath, isWhole });
    if (file !== undefined) await replaceFile(file, fragment);
    const data = {
      ...registryToJson(registry),
      certificate: certificate === undefined ? null : certificatePath,
      ...(file === undefined ? { fragment } : { config: file }),
    };
    const steps = nextSteps(registry, { file: file ?? 'this', certificatePath: data.certificate, isWhole });
    printResult(options, data, file === undefined ? fragment.trimEnd() : steps);
    if (file === undefined) process.stderr.write(steps.map((line) => `${line}\n`).join(''));
  });
}

interface WrittenFragment {
  readonly file: string;
  readonly certificatePath: string | null;
  readonly isWhole: boolean;
}

function nextSteps({ name, kind }: Registry, { file, certificatePath, isWhole }: WrittenFragment): string[] {
  return [
    isWhole && kind !== 'v1'
      ? `set the folder for its data in ${file}, and restart ${name} with that configuration`
      : `put ${file} into the configuration of ${name} in place of its former fragment, and restart it`,
    ...(certificatePath === null ? [] : [`the certificate is in ${certificatePath}`]),
    // A v1 registry sends no events.
    ...(kind === 'v1'
      ? []
      : ['the former secret stays valid until the first event with the new one, for 24 hours at most']),
  ];
}

// Before the secret is renewed: a fragment that cannot be written would be lost.
async function requireReplaceable(path: string): Promise<void> {
  const existing = await stat(path).catch(() => undefined);
  if (existing !== undefined && !existing.isFile()) throw fileNotWritten(path, 'it is not a file');
  await replaceable(path, async (temporary) => rm(temporary));
}

function replaceFile(path: string, text: string): Promise<void> {
  return replaceable(path, async (temporary) => {
    await writeFile(temporary, text);
    await rename(temporary, path);
  });
}

async function replaceable(path: string, use: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = `${path}.${process.pid}.new`;
  try {
    // Readable by its owner only: with the secret in it, any client can send events as the registry.
    await (await open(temporary, 'wx', 0o600)).close();
    await use(temporary);
  } catch (error) {
    throw fileNotWritten(path, (error as Error).message);
  }
}
