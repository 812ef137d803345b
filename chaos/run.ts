import { openEmbedded } from '@central-index/platform/embedded-postgres';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeFigure, missed } from './scenario';
import { scenarios } from '.';

// `npm run drill -- NAME [--short]` holds a drill and prints its figures. Fails when one is not what was asked. The
// PostgreSQL server is the one that TEST_DATABASE_URL names, or else an embedded one of its own.

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  const [name = ''] = args.filter((arg) => !arg.startsWith('--'));
  const drill = Object.hasOwn(scenarios, name) ? scenarios[name] : undefined;
  if (drill === undefined) {
    process.stderr.write(`name a drill: ${Object.keys(scenarios).join(', ')}\n`);
    return 2;
  }
  const dataDir = mkdtempSync(join(tmpdir(), 'central-index-drill-'));
  // As root PostgreSQL runs as another account, which must be able to walk here.
  chmodSync(dataDir, 0o711);
  const given = process.env.TEST_DATABASE_URL;
  const embedded = given ? undefined : await openEmbedded({ dataDir, create: true, log: () => undefined });
  process.env.TEST_DATABASE_URL = given ?? embedded!.url;
  try {
    const begun = performance.now();
    const figures = await drill({ short: args.includes('--short') });
    process.stdout.write(`${figures.map((figure) => `${describeFigure(figure)}\n`).join('')}`);
    process.stdout.write(`held in ${((performance.now() - begun) / 1000).toFixed(0)} s\n`);
    const wrong = missed(figures);
    for (const { what } of wrong) process.stderr.write(`not as asked: ${what}\n`);
    return wrong.length === 0 ? 0 : 1;
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
