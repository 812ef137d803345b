import { RegistriesService, registryToJson } from '@central-index/registries';
import type { Command } from 'commander';
import { withContext } from '../context';
import { operator } from '../operator';
import { examples, printResult, type OutputOptions } from '../output';
import { registryModules } from '../registry-modules';

/** `registry set`: changes a registry. */
export function setCommand(registry: Command): void {
  registry
    .command('set')
    .argument('<name>', 'the registry')
    .description('Change whether a proxy in front of a registry sets the addresses that its events report.')
    .option(
      '--behind-proxy',
      'a proxy in front of it overwrites X-Forwarded-For with the address of the client',
    )
    .option(
      '--no-behind-proxy',
      'clients reach it directly: what they write into X-Forwarded-For is not trusted',
    )
    .addHelpText('after', examples('registry set main --behind-proxy', 'registry set main --no-behind-proxy'))
    .action(async (name: string, options: OutputOptions & { behindProxy?: boolean }, command: Command) => {
      const { behindProxy } = options;
      if (behindProxy === undefined) command.error('give --behind-proxy or --no-behind-proxy');
      const changed = await withContext(registryModules, (app) =>
        app.get(RegistriesService, { strict: false }).change(name, { behindProxy }, operator),
      );
      const text = behindProxy ? 'is behind a proxy now' : 'is reached directly now';
      printResult(options, registryToJson(changed), `${name} ${text}`);
    });
}
