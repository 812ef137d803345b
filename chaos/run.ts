import { openEmbedded } from '@central-index/platform/embedded-postgres';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failedMeasurements, formatMeasurement } from './scenario';
import { scenarios } from '.';

// `npm run chaos -- NAME [--short]` runs a scenario and prints its measurements. The exit status is 1 if one is out of
// bounds. The PostgreSQL server is the one that TEST_DATABASE_URL names, or an embedded one that ends with the scenario.

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  const [name = ''] = args.filter((arg) => !arg.startsWith('--'));
  const scenario = Object.hasOwn(scenarios, name) ? scenarios[name] : undefined;
  if (scenario === undefined) {
    process.stderr.write(
      `usage: npm run chaos -- NAME [--short]\nscenarios: ${Object.keys(scenarios).join(', ')}\n`,
    );
    return 2;
  }
  const dataDir = mkdtempSync(join(tmpdir(), 'central-index-chaos-'));
  // If this runs as root, PostgreSQL runs as another OS user, which must be able to traverse this folder.
  chmodSync(dataDir, 0o711);
  const externalUrl = process.env.TEST_DATABASE_URL;
  const embedded = externalUrl
    ? undefined
    : await openEmbedded({ dataDir, create: true, log: () => undefined });
  process.env.TEST_DATABASE_URL = externalUrl ?? embedded!.url;
  try {
    const started = performance.now();
    const measurements = await scenario({ short: args.includes('--short') });
    process.stdout.write(measurements.map((measurement) => `${formatMeasurement(measurement)}\n`).join(''));
    process.stdout.write(`finished in ${((performance.now() - started) / 1000).toFixed(0)} s\n`);
    const failed = failedMeasurements(measurements);
    for (const { label } of failed) process.stderr.write(`out of bounds: ${label}\n`);
    return failed.length === 0 ? 0 : 1;
  } finally {
    await embedded?.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${String((error as Error).stack)}\n`);
    process.exit(1);
  },
);
