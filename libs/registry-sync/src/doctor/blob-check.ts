import { Injectable } from '@nestjs/common';
import { manifestPartsOf, RegistryClient, scratchPath, type Registry } from '@central-index/registries';
import { fail, pass, unknown, warn, type RegistryCheck } from './check-result';
import type { SampleImage } from './contents-checks.queries';

const name = 'blobs';

/** Checks that a registry gives a blob only to those who may read a repository that has it. */
@Injectable()
export class BlobCheck {
  constructor(private readonly client: RegistryClient) {}

  /**
   * Requests a blob of the image in a repository that does not have it, as anyone could who knows the digest. Fails when
   * the registry gives it and has private repositories, else warns. Throws REGISTRY_….
   */
  async check(registry: Registry, image: SampleImage | undefined): Promise<RegistryCheck> {
    if (image === undefined) {
      return unknown(
        name,
        'there is no image yet whose blobs could be requested',
        'push one, then repeat the check',
      );
    }
    const manifest = await this.client.manifest(registry, image.path, image.digest);
    const digest = manifest && manifestPartsOf(registry, manifest).blobs[0]?.digest;
    if (digest === undefined) return unknown(name, `${image.path} has no blob that could be requested`);
    if (!(await this.client.hasBlob(registry, scratchPath, digest))) {
      return pass(name, 'are given to those who may read a repository that has them');
    }
    // The request itself has linked the blob there.
    await this.client.deleteBlob(registry, scratchPath, digest);
    const detail = 'are given in any repository to any client that knows their digest';
    const hint = 'set `dedupe` to false in its `storage`, as the fragment does, and restart it';
    return image.isPrivate ? fail(name, `${detail}, private ones included`, hint) : warn(name, detail, hint);
  }
}
