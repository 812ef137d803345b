import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, it } from '@jest/globals';
import { readJson } from '../support/read-json';
import { ArtifactClients } from './support/artifact-clients';
import { describeWithReal } from './support/describe-with-real';
import { alice, bob, DockerFixture } from './support/docker-fixture';
import { writeOciLayout } from './support/oci-layout';
import { refused, succeeded } from './support/processes';
import { craneProgram, goProgram, registryKinds, registryProgram } from './support/programs';
import { until } from './support/until';

interface Referrer {
  readonly digest: string;
  readonly kind: string;
  readonly tag: string | null;
}

const clients = [craneProgram(), goProgram('cosign'), goProgram('oras'), goProgram('regctl')];

for (const kind of registryKinds) {
  describeWithReal(`artifacts with ${kind}`, [...clients, registryProgram(kind)], () => {
    let fixture: DockerFixture;
    let host: string;
    let owner: ArtifactClients;
    let layouts = 0;
    beforeAll(async () => {
      fixture = await DockerFixture.start(kind);
      host = fixture.registry.host;
      owner = new ArtifactClients(fixture.path('homes/alice'));
      succeeded(await fixture.tools('alice').craneLogin(host, alice.name, alice.password));
      await owner.createKeys();
      writeFileSync(owner.path('sbom.json'), '{"spdxVersion":"SPDX-2.3"}');
    });
    afterAll(() => fixture?.stop());

    /** Pushes an image as `alice/NAME:v1`, and returns its reference by digest. */
    const push = async (name: string): Promise<{ reference: string; digest: string }> => {
      const folder = fixture.path(`layout-${(layouts += 1)}`);
      const digest = writeOciLayout(folder, 'latest');
      succeeded(await fixture.tools('alice').crane('push', folder, `${host}/alice/${name}:v1`));
      await until(10_000, () => fixture.api().tag(`alice/${name}`, 'v1'));
      return { reference: `${host}/alice/${name}@${digest}`, digest };
    };
    const get = async <T>(path: string): Promise<T> =>
      readJson<T>(await fixture.api(alice).send('GET', `/api/v1/repositories/alice/${path}`));
    const referrersOf = async (name: string): Promise<Referrer[]> =>
      (await get<{ items: Referrer[] }>(`${name}/tags/v1/referrers`)).items;
    const kindsOf = (referrers: readonly Referrer[]): string[] => referrers.map((one) => one.kind).sort();
    /** Waits until these kinds refer to the image `v1`. */
    const untilReferred = (name: string, ...kinds: string[]): Promise<Referrer[]> =>
      until(10_000, async () => {
        const referrers = await referrersOf(name);
        return kindsOf(referrers).join() === kinds.join() && referrers;
      });
    const tagsOf = async (
      name: string,
      query = '',
    ): Promise<{ name: string; kind: string; refers_to: string }[]> =>
      (await get<{ items: { name: string; kind: string; refers_to: string }[] }>(`${name}/tags${query}`))
        .items;
    const found = async (name: string): Promise<string[]> => {
      const response = await fetch(`${fixture.index.url}/api/v1/search?q=${name}`);
      return (await readJson<{ items: { full_name: string }[] }>(response)).items.map((hit) => hit.full_name);
    };

    it('shows what cosign adds by tags under the image, and counts the image alone', async () => {
      const { reference, digest } = await push('signed');
      succeeded(await owner.cosignWithKey('sign', reference));
      const predicate = ['--predicate', owner.path('sbom.json'), '--type', 'spdxjson'];
      succeeded(await owner.cosignWithKey('attest', reference, ...predicate));
      succeeded(
        await owner.cosign('attach', 'sbom', '--sbom', owner.path('sbom.json'), '--type', 'spdx', reference),
      );
      const referrers = await untilReferred('signed', 'attestation', 'sbom', 'signature');
      const prefix = digest.replace(':', '-');
      assert.deepEqual(referrers.map(({ tag }) => tag).sort(), [
        `${prefix}.att`,
        `${prefix}.sbom`,
        `${prefix}.sig`,
      ]);
      assert.deepEqual(
        (await tagsOf('signed')).map(({ name }) => name),
        ['v1'],
      );
      const [signature] = await tagsOf('signed', '?kind=signature');
      assert.deepEqual([signature?.name, signature?.refers_to], [`${prefix}.sig`, digest]);
      const repository = await get<{ tags: number; pull_command: string }>('signed');
      assert.deepEqual(
        [repository.tags, repository.pull_command],
        [1, `docker pull ${host}/alice/signed:v1`],
      );
      const verify = ['verify', '--key', owner.path('cosign.pub'), '--insecure-ignore-tlog', reference];
      succeeded(await owner.cosign(...verify));
    });

    it('shows what cosign and oras attach as OCI referrers, with or without an API for them', async () => {
      const { reference } = await push('attached');
      succeeded(await owner.cosignWithKey('sign', reference, '--registry-referrers-mode', 'oci-1-1'));
      await untilReferred('attached', 'signature');
      const file = 'sbom.json:application/spdx+json';
      succeeded(await owner.oras('attach', '--artifact-type', 'application/spdx+json', reference, file));
      await untilReferred('attached', 'sbom', 'signature');
      succeeded(await owner.regctl('registry', 'set', '--tls', 'disabled', host));
      const put = [
        'artifact',
        'put',
        '--artifact-type',
        'application/vnd.example.note',
        '--subject',
        reference,
      ];
      succeeded(await owner.regctl(...put, '--file', owner.path('sbom.json')));
      await untilReferred('attached', 'artifact', 'sbom', 'signature');
      assert.deepEqual(
        (await tagsOf('attached')).map(({ name }) => name),
        ['v1'],
      );
      const { tags, pull_command: command } = await get<{ tags: number; pull_command: string }>('attached');
      assert.deepEqual([tags, command], [1, `docker pull ${host}/alice/attached:v1`]);
    });

    it('deletes an image with everything that refers to it on request', async () => {
      const { reference, digest } = await push('removed');
      succeeded(await owner.cosignWithKey('sign', reference));
      succeeded(await owner.cosignWithKey('sign', reference, '--registry-referrers-mode', 'oci-1-1'));
      const file = 'sbom.json:application/spdx+json';
      succeeded(await owner.oras('attach', '--artifact-type', 'application/spdx+json', reference, file));
      const referrers = await untilReferred('removed', 'sbom', 'signature', 'signature');
      const path = '/api/v1/repositories/alice/removed/tags/v1';
      const response = await fixture.api(alice).send('DELETE', `${path}?referrers=true`);
      const body = await readJson<{ referrers: Referrer[]; referrers_deleted: boolean }>(response);
      assert.equal(body.referrers_deleted, true);
      assert.deepEqual(kindsOf(body.referrers), kindsOf(referrers));
      const token = await fixture.api(alice).registryToken('main', 'repository:alice/removed:pull');
      const accept = 'application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json';
      for (const reference of [...referrers.map((one) => one.digest), 'v1', digest.replace(':', '-')]) {
        const left = await fixture.registry.get(`/v2/alice/removed/manifests/${reference}`, token, accept);
        assert.equal(left.status, 404, reference);
      }
      await until(10_000, async () => (await get<{ tags: number }>('removed')).tags === 0);
      for (const statement of ['signature', 'sbom', 'index']) {
        assert.deepEqual(await tagsOf('removed', `?kind=${statement}`), [], statement);
      }
    });

    it('takes signatures into a repository that does not exist yet, of its owner only', async () => {
      const { reference, digest } = await push('signed-apart');
      succeeded(await owner.cosignInto(`${host}/alice/apart`, reference));
      await until(10_000, () => fixture.api(alice).repository('alice/apart'));
      const [signature] = await until(10_000, async () => {
        const tags = await tagsOf('apart', '?kind=signature');
        return tags.length === 1 && tags;
      });
      assert.equal(signature!.name, `${digest.replace(':', '-')}.sig`);
      refused(await owner.cosignInto(`${host}/bob/apart`, reference));
      assert.equal(await fixture.api(bob).repository('bob/apart'), undefined);
    });

    it('does not find a repository of signatures alone, and has no command for it', async () => {
      const { reference, digest } = await push('elsewhere');
      succeeded(await owner.cosignWithKey('sign', reference));
      const tag = `${digest.replace(':', '-')}.sig`;
      const [from, to] = ['elsewhere', 'signatures'].map((name) => `${host}/alice/${name}:${tag}`);
      succeeded(await fixture.tools('alice').crane('copy', from!, to!));
      const repository = await until(10_000, () => fixture.api(alice).repository('alice/signatures'));
      assert.equal(repository.pull_command, null);
      await until(10_000, async () => (await found('elsewhere')).includes('alice/elsewhere'));
      assert.deepEqual(await found('signatures'), []);
      await until(10_000, async () => (await tagsOf('signatures', '?kind=signature')).length === 1);
      assert.deepEqual(await found('signatures'), []);
    });

    it('has files of oras pulled by the command that it shows', async () => {
      const type = ['--artifact-type', 'application/vnd.example.files'];
      succeeded(await owner.oras('push', ...type, `${host}/alice/files:v1`, 'sbom.json:text/plain'));
      const { pull_command: command } = await until(10_000, () => fixture.api().repository('alice/files'));
      assert.equal(command, `oras pull ${host}/alice/files:v1`);
      succeeded(await owner.oras('pull', '--output', owner.path('pulled'), command.split(' ').at(-1)!));
      assert.equal(readFileSync(owner.path('pulled/sbom.json'), 'utf8'), '{"spdxVersion":"SPDX-2.3"}');
      assert.deepEqual(
        (await tagsOf('files')).map((tag) => tag.kind),
        ['artifact'],
      );
    });

    it('is read and copied by regctl with the permissions of its account', async () => {
      succeeded(await owner.regctl('registry', 'set', '--tls', 'disabled', host));
      const { digest } = await push('copied');
      const [from, to] = [`${host}/alice/copied:v1`, `${host}/alice/copy:v2`];
      succeeded(await owner.regctl('image', 'copy', from, to));
      assert.equal((await until(10_000, () => fixture.api().tag('alice/copy', 'v2'))).digest, digest);
      assert.match(succeeded(await owner.regctl('tag', 'ls', `${host}/alice/copy`)).stdout, /^v2$/m);
      assert.match(
        refused(await owner.regctl('image', 'copy', from, `${host}/bob/copy:v1`)),
        /denied|unauthorized/i,
      );
    });
  });
}
