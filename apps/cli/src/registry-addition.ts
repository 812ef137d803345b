import { AuditModule } from '@central-index/audit';
import {
  RegistriesService,
  registryToJson,
  type Registry,
  type RegistryKind,
  type TokenAlgorithm,
} from '@central-index/registries';
import { RegistryConfigurations, TokensModule } from '@central-index/tokens';
import { open, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { resolve } from 'node:path';
import { printResult, type OutputOptions } from './output';
import { fileNotWritten } from './cli.errors';
import { withContext } from './context';
import { operator } from './operator';

/** Options of `registry add`. */
export interface AddOptions extends OutputOptions {
  readonly url: string;
  readonly host?: string;
  readonly hookUrl?: string;
  readonly service?: string;
  readonly kind: RegistryKind;
  readonly algorithm: TokenAlgorithm;
  readonly config?: string;
  readonly fullConfig?: boolean;
}

/** Runs `registry add`: registers a registry, and writes or prints its configuration, or the fragment of it. */
export async function addRegistry(name: string, options: AddOptions): Promise<void> {
  // Created first: a registry whose secret could not be written to the file would be useless.
  const file = options.config === undefined ? undefined : await createFile(resolve(options.config));
  const certificatePath = `${resolve(options.config ?? name)}.ca.pem`;
  try {
    await withContext([AuditModule, TokensModule], async (app) => {
      const { registry, hookSecret } = await app.get(RegistriesService, { strict: false }).add(
        {
          name,
          url: options.url,
          host: options.host,
          hookUrl: options.hookUrl,
          service: options.service,
          kind: options.kind,
          tokenAlgorithm: options.algorithm,
        },
        operator,
      );
      const configurations = app.get(RegistryConfigurations);
      const { certificate, fragment } = await configurations.of(registry, hookSecret, {
        certificatePath,
        isWhole: options.fullConfig,
      });
      if (certificate !== undefined) await writeFile(certificatePath, certificate);
      await file?.writeFile(fragment);
      printAdded(options, registry, fragment, certificate === undefined ? null : certificatePath);
    });
  } catch (error) {
    if (file !== undefined) await rm(resolve(options.config!));
    throw error;
  } finally {
    await file?.close();
  }
}

async function createFile(path: string): Promise<FileHandle> {
  try {
    // Readable by its owner only: with the secret in it, any client can send events as the registry.
    return await open(path, 'wx', 0o600);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw fileNotWritten(path, code === 'EEXIST' ? 'it exists already' : (error as Error).message);
  }
}

function printAdded(
  options: AddOptions,
  registry: Registry,
  fragment: string,
  certificatePath: string | null,
): void {
  const file = options.config === undefined ? undefined : resolve(options.config);
  const data = {
    ...registryToJson(registry),
    certificate: certificatePath,
    ...(file === undefined ? { fragment } : { config: file }),
  };
  const nextStep = nextStepFor(registry, file ?? 'FRAGMENT', options.fullConfig ?? false);
  const certificate = certificatePath === null ? [] : [`the certificate is in ${certificatePath}`];
  if (file === undefined) {
    printResult(options, data, fragment.trimEnd());
    for (const line of [nextStep, ...certificate]) process.stderr.write(`${line}\n`);
    return;
  }
  printResult(options, data, [
    `added registry ${registry.name}: clients ${registry.kind === 'v1' ? 'are sent to' : 'use it as'} ${registry.host}`,
    nextStep,
    ...certificate,
    // A v1 registry sends no notifications.
    ...(registry.kind === 'v1' ? [] : ['the file contains a secret, so give it to this registry only']),
  ]);
}

/** What to do with the file of a new registry. A fragment in JSON is merged key by key: appended, it would make the configuration unreadable. */
function nextStepFor({ kind }: Registry, file: string, isWhole: boolean): string {
  if (isWhole && kind !== 'v1') {
    return `set the folder for its data in ${file}, and start the registry with that configuration`;
  }
  return kind === 'zot'
    ? `merge it into its configuration: jq -s '.[0] * .[1]' config.json ${file} > merged.json; then start it with merged.json`
    : `append ${file} to its configuration and start it`;
}
