import { RegistriesService, registryToJson, type Registry } from '@central-index/registries';
import type { Command } from 'commander';
import { withContext } from '../context';
import { operator } from '../operator';
import { examples, printResult, type OutputOptions } from '../output';
import { registryModules } from '../registry-modules';
import { wholeNumber } from '../whole-number';

/** False stands for the default: commander sets it for `--no-…`. */
interface SetOptions extends OutputOptions {
  readonly url?: string;
  readonly host?: string;
  readonly hookUrl?: string | false;
  readonly tokenTtl?: number | false;
  readonly behindProxy?: boolean;
}

/** `registry set`: changes a registry. */
export function setCommand(registry: Command): void {
  registry
    .command('set')
    .argument('<name>', 'the registry')
    .description(
      'Change the addresses of a registry, the lifetime of its tokens, or whether a proxy is in front of it. Its ' +
        'repositories and placement rules stay. Announce another host: it is part of the names that they pull.',
    )
    .option('--url <url>', 'its URL for this index; its host stays as it is')
    .option('--host <host>', 'its host in image references of clients')
    .option('--hook-url <url>', 'the URL of this index to which it sends events; then renew its fragment')
    .option('--no-hook-url', 'it sends events to PUBLIC_URL')
    .option('--token-ttl <seconds>', 'lifetime of its tokens, 60 to 3600', wholeNumber)
    .option('--no-token-ttl', 'its tokens live as long as TOKEN_TTL says')
    .option(
      '--behind-proxy',
      'a proxy in front of it overwrites X-Forwarded-For with the address of the client',
    )
    .option(
      '--no-behind-proxy',
      'clients reach it directly: what they write into X-Forwarded-For is not trusted',
    )
    .addHelpText(
      'after',
      examples(
        'registry set main --url http://10.0.0.8:5000',
        'registry set main --token-ttl 900 --behind-proxy',
        'registry set main --no-hook-url',
      ),
    )
    .action(async (name: string, options: SetOptions, command: Command) => {
      const { url, host, hookUrl, tokenTtl, behindProxy } = options;
      const changes = { url, host, hookUrl: orDefault(hookUrl), tokenTtl: orDefault(tokenTtl), behindProxy };
      if (Object.values(changes).every((value) => value === undefined)) {
        command.error('give at least one option: `registry set --help` lists them');
      }
      const changed = await withContext(registryModules, (app) =>
        app.get(RegistriesService, { strict: false }).change(name, changes, operator),
      );
      printResult(options, registryToJson(changed), [
        ...describe(changed),
        ...(changes.hookUrl === undefined
          ? []
          : [
              `renew its configuration: central-index registry fragment ${changed.name} --config ${changed.name}.part.yml`,
            ]),
      ]);
    });
}

const orDefault = <T>(value: T | false | undefined): T | null | undefined => (value === false ? null : value);

function describe({ name, kind, url, host, hookUrl, tokenTtl, behindProxy }: Registry): string[] {
  if (kind === 'v1') {
    return [
      `${name}: this index reaches it at ${url}, clients are sent to ${host}`,
      `it asks about tokens at ${hookUrl ?? 'PUBLIC_URL'}, and these live ${tokenTtl === null ? 'an hour' : `${tokenTtl} s`}`,
    ];
  }
  return [
    `${name}: this index reaches it at ${url}, clients use it as ${host}`,
    `it sends events to ${hookUrl ?? 'PUBLIC_URL'}, its tokens live ${tokenTtl === null ? 'as long as TOKEN_TTL says' : `${tokenTtl} s`}, ` +
      `and it is ${behindProxy ? 'behind a proxy' : 'reached directly'}`,
  ];
}
