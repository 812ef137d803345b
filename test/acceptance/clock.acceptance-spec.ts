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

// Registries allow a minute of leeway for tokens, so the clock of the index may be wrong by almost a minute.
for (const generation of generations) {
  describeWithReal(`wrong clock with ${generation}`, [clockLibrary(), registryProgram(generation)], () => {
    let fixture: DockerFixture;
    let traffic: Traffic;
    const file = join(temporaryFolder(), 'clock');
    // Written by rename, so that no process reads a partial file.
    const setOffset = (offset: string): void => {
      writeFileSync(`${file}.new`, `${offset}\n`);
      renameSync(`${file}.new`, file);
    };
    beforeAll(async () => {
      setOffset('+0s');
      fixture = await DockerFixture.start(generation, {
        LD_PRELOAD: clockLibrary().path!,
        FAKETIME_TIMESTAMP_FILE: file,
        FAKETIME_NO_CACHE: '1',
        FAKETIME_DONT_FAKE_MONOTONIC: '1',
        DONT_FAKE_MONOTONIC: '1',
      });
      traffic = new Traffic(fixture.index.url, { url: fixture.registry.url, service: 'main' }, alice);
      await traffic.push('alice/app', 'v0');
    });
    afterAll(() => fixture?.stop());

    /** By how many seconds the index's clock is ahead of the test's, according to its tokens. */
    async function measureOffset(): Promise<number> {
      const token = await traffic.token('alice/app', 'pull');
      const claims = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as {
        iat: number;
      };
      return claims.iat - Date.now() / 1000;
    }

    for (const [step, seconds] of [50, -50, 0, 50].entries()) {
      it(`pulls and pushes without failure after the clock steps to an offset of ${seconds} s`, async () => {
        const earlierToken = await traffic.token('alice/app', 'pull');
        setOffset(`${seconds < 0 ? '' : '+'}${seconds}s`);
        await until(5_000, async () => Math.abs((await measureOffset()) - seconds) < 3);
        await traffic.pull('alice/app', 'v0', earlierToken);
        for (let round = 0; round < 3; round += 1) {
          await traffic.push('alice/app', `v${step}-${round}`);
          await traffic.pull('alice/app', `v${step}-${round}`);
        }
        assert.deepEqual(traffic.failures, []);
      });
    }

    it('reports the lifetime of a reused token correctly after the clock steps', async () => {
      setOffset('+50s');
      await until(5_000, async () => (await measureOffset()) > 40);
      const requestLifetime = async (): Promise<number> => {
        const response = await fetch(
          `${fixture.index.url}/token?service=main&scope=repository:alice/app:pull`,
        );
        return (await readJson<{ expires_in: number }>(response)).expires_in;
      };
      const lifetimes = [await requestLifetime(), await requestLifetime()];
      setOffset('-50s');
      await until(5_000, async () => (await measureOffset()) < -40);
      lifetimes.push(await requestLifetime(), await requestLifetime());
      assert.ok(
        lifetimes.every((lifetime) => lifetime >= 60 && lifetime <= 300),
        lifetimes.join(),
      );
    });
  });
}
