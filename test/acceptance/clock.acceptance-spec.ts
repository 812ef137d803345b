import assert from 'node:assert/strict';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, it } from '@jest/globals';
import { temporaryFolder } from './support/environment';
import { describeWithReal } from './support/describe-with-real';
import { clockLibrary, generations, registryProgram } from './support/programs';
import { alice, DockerFixture } from './support/docker-fixture';
import { Traffic } from './support/traffic';
import { until } from './support/until';
import { readJson } from '../support/read-json';

// Registries give tokens a minute of leeway; the index's own clock may be wrong by nearly that, and be set right.
for (const generation of generations) {
  describeWithReal(`a wrong clock, with ${generation}`, [clockLibrary(), registryProgram(generation)], () => {
    let stage: DockerFixture;
    let traffic: Traffic;
    const file = join(temporaryFolder(), 'clock');
    // Moved into place, so that no process reads half of it.
    const set = (offset: string): void => {
      writeFileSync(`${file}.new`, `${offset}\n`);
      renameSync(`${file}.new`, file);
    };
    beforeAll(async () => {
      set('+0s');
      stage = await DockerFixture.start(generation, {
        LD_PRELOAD: clockLibrary().path!,
        FAKETIME_TIMESTAMP_FILE: file,
        FAKETIME_NO_CACHE: '1',
        FAKETIME_DONT_FAKE_MONOTONIC: '1',
        DONT_FAKE_MONOTONIC: '1',
      });
      traffic = new Traffic(stage.index.url, { url: stage.registry.url, service: 'main' }, alice);
      await traffic.push('alice/app', 'v0');
    });
    afterAll(() => stage?.stop());

    /** Seconds by which the index's clock is ahead of ours, as its tokens say. */
    async function ahead(): Promise<number> {
      const token = await traffic.token('alice/app', 'pull');
      const claims = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as { iat: number };
      return claims.iat - Date.now() / 1000;
    }

    for (const [step, seconds] of [50, -50, 0, 50].entries()) {
      it(`fails no pull and no push when it steps to ${seconds} seconds off`, async () => {
        const early = await traffic.token('alice/app', 'pull');
        set(`${seconds < 0 ? '' : '+'}${seconds}s`);
        await until(5_000, async () => Math.abs((await ahead()) - seconds) < 3);
        await traffic.pull('alice/app', 'v0', early);
        for (let turn = 0; turn < 3; turn += 1) {
          await traffic.push('alice/app', `v${step}-${turn}`);
          await traffic.pull('alice/app', `v${step}-${turn}`);
        }
        assert.deepEqual(traffic.failures, []);
      });
    }

    it('is in no answer: a token given again never says more of its life than its registry allows', async () => {
      set('+50s');
      await until(5_000, async () => (await ahead()) > 40);
      const ask = async (): Promise<number> => {
        const response = await fetch(`${stage.index.url}/token?service=main&scope=repository:alice/app:pull`);
        return (await readJson<{ expires_in: number }>(response)).expires_in;
      };
      const lives = [await ask(), await ask()];
      set('-50s');
      await until(5_000, async () => (await ahead()) < -40);
      lives.push(await ask(), await ask());
      assert.ok(
        lives.every((life) => life >= 60 && life <= 300),
        lives.join(),
      );
    });
  });
}
