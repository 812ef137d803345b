import { randomBytes } from 'node:crypto';
import { content } from '../test/support/images';
import { alice, DockerFixture } from '../test/acceptance/support/docker-fixture';
import { generations, registryProgram } from '../test/acceptance/support/programs';
import { succeeded } from '../test/acceptance/support/processes';
import type { Drill, Figure } from './scenario';

const type = 'application/vnd.oci.image.manifest.v1+json';

/**
 * The index is down, 200 images are pushed to a real registry with tokens from before, and the registry is killed with
 * all it had to report. One reconcile must find them.
 */
export const lostPushes: Drill = async ({ short }) => {
  const pushes = short ? 20 : 200;
  const figures: Figure[] = [];
  for (const generation of generations.filter((one) => registryProgram(one).path !== undefined)) {
    const stage = await DockerFixture.start(generation);
    try {
      const token = await stage.api(alice).registryToken('main', 'repository:alice/app:pull,push');
      const send = async (
        method: string,
        target: string,
        body?: Buffer,
        mediaType = 'application/octet-stream',
      ) => {
        const headers = { authorization: `Bearer ${token}`, 'content-type': mediaType };
        const response = await fetch(new URL(target, stage.registry.url), {
          method,
          headers,
          body: body === undefined ? undefined : new Uint8Array(body),
        });
        if (!response.ok) throw new Error(`${method} ${target}: ${response.status}`);
        return response;
      };
      await stage.index.stop();
      for (let n = 0; n < pushes; n += 1) {
        const config = content(
          'application/vnd.oci.image.config.v1+json',
          JSON.stringify({ os: 'linux', architecture: 'amd64', n, salt: randomBytes(4).toString('hex') }),
        );
        const begun = await send('POST', '/v2/alice/app/blobs/uploads/');
        const location = new URL(begun.headers.get('location')!, stage.registry.url);
        location.searchParams.set('digest', config.digest);
        await send('PUT', location.href, config.body);
        const { mediaType, digest, body } = config;
        const manifest = {
          schemaVersion: 2,
          mediaType: type,
          config: { mediaType, digest, size: body.length },
          layers: [],
        };
        await send('PUT', `/v2/alice/app/manifests/v${n}`, Buffer.from(JSON.stringify(manifest)), type);
      }
      await stage.registry.kill();
      await stage.registry.startWithSameConfig();
      await stage.index.start();
      const found = async (): Promise<number> => (await stage.api(alice).tags('alice/app')).length;
      figures.push({
        what: `of ${pushes} pushes to ${generation}, reported after it was killed`,
        found: await found(),
      });
      succeeded(await stage.index.command(['registry', 'reconcile', 'main']));
      figures.push({ what: `lost after one reconcile`, found: pushes - (await found()), asked: 0 });
    } finally {
      await stage.stop();
    }
  }
  return figures;
};
