import { AuditModule } from '@central-index/audit';
import { HealthModule, HealthService } from '@central-index/health';
import type { Command } from 'commander';
import { withContext } from '../context';
import { examples, printResult, type OutputOptions } from '../output';

const timeoutMs = 5_000;

/** `doctor`: the state of the product, as `/readyz` and the metrics report it. */
export function doctorCommand(program: Command): void {
  program
    .command('doctor')
    .description(
      'Check that the database answers, a worker is alive, no job has failed for good and no event waits. ' +
        'Exits with 1 otherwise. `registry doctor` checks a registry.',
    )
    .addHelpText('after', examples('doctor', 'doctor --json'))
    .action(async (options: OutputOptions) => {
      const health = await withContext([AuditModule, HealthModule], (app) =>
        app.get(HealthService, { strict: false }).check(timeoutMs),
      );
      const lines = Object.entries(health.checks).map(([name, check]) => `${name.padEnd(10)}${check}`);
      printResult(options, health, [...lines, `the product is ${health.status}`]);
      if (health.status !== 'ready') process.exitCode = 1;
    });
}
