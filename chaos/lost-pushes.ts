import { randomBytes } from 'node:crypto';
import { alice, DockerFixture } from '../test/acceptance/support/docker-fixture';
import { generations, registryProgram } from '../test/acceptance/support/programs';
import { succeeded } from '../test/acceptance/support/processes';
import { content } from '../test/support/images';
import type { Measurement, Scenario } from './scenario';

const manifestType = 'application/vnd.oci.image.manifest.v1+json';

/**
 * While the index is down, images are pushed to a real registry with a token issued before; then the registry is killed
 * together with its queue of notifications. One reconcile must find all images.
 */
export const lostPushes: Scenario = async ({ short }) => {
  const pushes = short ? 20 : 200;
  const measurements: Measurement[] = [];
  for (const generation of generations.filter((each) => registryProgram(each).path !== undefined)) {
    const fixture = await DockerFixture.start(generation);
    try {
      const token = await fixture.api(alice).registryToken('main', 'repository:alice/app:pull,push');
      await fixture.index.stop();
      await pushImages(fixture.registry.url, token, pushes);
      await fixture.registry.kill();
      await fixture.registry.startWithSameConfig();
      await fixture.index.start();
      const indexed = async (): Promise<number> => (await fixture.api(alice).tags('alice/app')).length;
      measurements.push({
        label: `pushes, of ${pushes}, that ${generation} notified after it was killed`,
        value: await indexed(),
      });
      succeeded(await fixture.index.command(['registry', 'reconcile', 'main']));
      measurements.push({
        label: '  missing after one reconcile',
        value: pushes - (await indexed()),
        expected: 0,
      });
    } finally {
      await fixture.stop();
    }
  }
  return measurements;
};

/** Pushes `count` images without layers to `alice/app`, tagged `v0`, `v1`, …. */
async function pushImages(registryUrl: string, token: string, count: number): Promise<void> {
  const send = async (
    method: string,
    target: string,
    body?: Buffer,
    mediaType = 'application/octet-stream',
  ): Promise<Response> => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': mediaType };
    const response = await fetch(new URL(target, registryUrl), {
      method,
      headers,
      body: body === undefined ? undefined : new Uint8Array(body),
    });
    if (!response.ok) throw new Error(`${method} ${target}: ${response.status}`);
    return response;
  };
  for (let n = 0; n < count; n += 1) {
    const config = content(
      'application/vnd.oci.image.config.v1+json',
      JSON.stringify({ os: 'linux', architecture: 'amd64', n, salt: randomBytes(4).toString('hex') }),
    );
    const upload = await send('POST', '/v2/alice/app/blobs/uploads/');
    const location = new URL(upload.headers.get('location')!, registryUrl);
    location.searchParams.set('digest', config.digest);
    await send('PUT', location.href, config.body);
    const { mediaType, digest, body } = config;
    const manifest = {
      schemaVersion: 2,
      mediaType: manifestType,
      config: { mediaType, digest, size: body.length },
      layers: [],
    };
    await send('PUT', `/v2/alice/app/manifests/v${n}`, Buffer.from(JSON.stringify(manifest)), manifestType);
  }
}
