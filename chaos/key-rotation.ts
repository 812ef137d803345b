import { alice, DockerFixture } from '../test/acceptance/support/docker-fixture';
import { succeeded } from '../test/acceptance/support/processes';
import { generations } from '../test/acceptance/support/programs';
import { Traffic } from '../test/acceptance/support/traffic';

/** What key rotations under load caused, at one registry. */
export interface RotationResult {
  readonly requests: number;
  /** One line per failed request. */
  readonly failures: readonly string[];
  /** Number of keys that signed tokens during the run. */
  readonly keys: number;
  /** Tokens signed with an older key that were issued after `keys rotate` had returned. */
  readonly late: number;
}

const pushers = 4;
const tokensPerRotation = 40;

/**
 * Rotates the signing key repeatedly under pulls and pushes, without a restart of the registry. No request may fail,
 * tokens signed with the previous key must stay valid, and once `keys rotate` has returned, no token may be signed with
 * it.
 */
export async function rotateUnderLoad(
  fixture: DockerFixture,
  options: { readonly requests: number; readonly rotations: number },
): Promise<RotationResult> {
  const registry = { url: fixture.registry.url, service: 'main' };
  const traffic = new Traffic(fixture.index.url, registry, alice);
  await traffic.push('alice/steady', 'v1');
  let isRunning = true;
  const load = Array.from({ length: pushers }, async (_, pusher) => {
    for (let round = 0; isRunning && traffic.failures.length === 0; round += 1) {
      await traffic.push(`alice/lane${pusher}`, `v${round}`);
      for (let pull = 0; pull < 4; pull += 1) await traffic.pull('alice/steady', 'v1');
    }
  });
  let late = 0;
  const rotating = (async () => {
    for (let rotation = 0; rotation < options.rotations; rotation += 1) {
      const before = await traffic.token('alice/steady', 'pull');
      const { stdout } = succeeded(await fixture.index.command(['keys', 'rotate', '--json']));
      const [active] = (JSON.parse(stdout) as { activated: string[] }).activated;
      for (let n = 0; n < tokensPerRotation; n += 1) {
        const token = await traffic.token('alice/steady', 'pull', n % 2 === 0);
        if (keyIdOf(token) !== active) late += 1;
      }
      await traffic.pull('alice/steady', 'v1', before);
    }
    while (traffic.requests < options.requests && traffic.failures.length === 0) {
      await traffic.pull('alice/steady', 'v1');
    }
  })().finally(() => (isRunning = false));
  await Promise.allSettled([...load, rotating]);
  await rotating;
  const { requests, failures, keys } = traffic;
  return { requests, failures, keys: keys.size, late };
}

function keyIdOf(token: string): string {
  const header = JSON.parse(Buffer.from(token.split('.', 1)[0]!, 'base64url').toString()) as { kid: string };
  return header.kid;
}

async function main(): Promise<void> {
  let wrong = 0;
  for (const generation of generations) {
    const fixture = await DockerFixture.start(generation);
    const { requests, failures, keys, late } = await rotateUnderLoad(fixture, {
      requests: 3_000,
      rotations: 5,
    });
    process.stdout.write(
      `${generation}: ${failures.length} of ${requests} requests failed, ${keys} keys, ${late} tokens signed with an older key\n`,
    );
    wrong += failures.length + late;
    await fixture.stop();
  }
  process.exit(wrong === 0 ? 0 : 1);
}

if (require.main === module) {
  main().catch((error: unknown) => {
    process.stderr.write(`${String((error as Error).stack)}\n`);
    process.exit(1);
  });
}
