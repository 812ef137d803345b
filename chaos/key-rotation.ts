import { succeeded } from '../test/acceptance/support/processes';
import { generations } from '../test/acceptance/support/programs';
import { alice, DockerFixture } from '../test/acceptance/support/docker-fixture';
import { Traffic } from '../test/acceptance/support/traffic';

/** What a rotation under load came to, on one generation of registries. */
export interface RotationFigures {
  readonly requests: number;
  readonly failures: readonly string[];
  /** Keys that signed in the course of it. */
  readonly keys: number;
  /** Tokens under an older key that were given after a `keys rotate` had returned. */
  readonly late: number;
}

const lanes = 4;
const afterwards = 40;

/**
 * Pulls and pushes go on while the key is replaced, over and over, and no registry is restarted: nothing fails, tokens
 * under the old key stay good, and once the command has returned nobody is given another one.
 */
export async function rotateUnderLoad(
  stage: DockerFixture,
  options: { readonly requests: number; readonly rotations: number },
): Promise<RotationFigures> {
  const registry = { url: stage.registry.url, service: 'main' };
  const traffic = new Traffic(stage.index.url, registry, alice);
  await traffic.push('alice/steady', 'v1');
  let going = true;
  const load = Array.from({ length: lanes }, async (_, lane) => {
    for (let turn = 0; going && traffic.failures.length === 0; turn += 1) {
      await traffic.push(`alice/lane${lane}`, `v${turn}`);
      for (let pull = 0; pull < 4; pull += 1) await traffic.pull('alice/steady', 'v1');
    }
  });
  let late = 0;
  const rotating = (async () => {
    for (let turn = 0; turn < options.rotations; turn += 1) {
      const before = await traffic.token('alice/steady', 'pull');
      const told = succeeded(await stage.index.command(['keys', 'rotate', '--json'])).stdout;
      const [active] = (JSON.parse(told) as { activated: string[] }).activated;
      for (let n = 0; n < afterwards; n += 1) {
        const token = await traffic.token('alice/steady', 'pull', n % 2 === 0);
        const head = JSON.parse(Buffer.from(token.split('.', 1)[0]!, 'base64url').toString()) as {
          kid: string;
        };
        if (head.kid !== active) late += 1;
      }
      await traffic.pull('alice/steady', 'v1', before);
    }
    while (traffic.requests < options.requests && traffic.failures.length === 0) {
      await traffic.pull('alice/steady', 'v1');
    }
  })().finally(() => (going = false));
  await Promise.allSettled([...load, rotating]);
  await rotating;
  const { requests, failures, keys } = traffic;
  return { requests, failures, keys: keys.size, late };
}

async function main(): Promise<void> {
  let wrong = 0;
  for (const generation of generations) {
    const stage = await DockerFixture.start(generation);
    const { requests, failures, keys, late } = await rotateUnderLoad(stage, {
      requests: 3_000,
      rotations: 5,
    });
    process.stdout.write(
      `${generation}: ${failures.length} failures of ${requests} requests, ${keys} keys, ${late} tokens under an old key\n`,
    );
    wrong += failures.length + late;
    await stage.stop();
  }
  process.exit(wrong === 0 ? 0 : 1);
}

if (require.main === module) {
  main().catch((error: unknown) => {
    process.stderr.write(`${String((error as Error).stack)}\n`);
    process.exit(1);
  });
}
