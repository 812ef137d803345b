import { setTimeout as pause } from 'node:timers/promises';
import { DomainError } from '@central-index/platform/errors';
import { forEachLimited, RegistryClient, type Registry } from '@central-index/registries';
import { Injectable } from '@nestjs/common';
import { ImageReader, isUnreadable, type Image } from '../contents/image-reader';
import type { References } from './event-resolution';

/** What the registry responded for references of one repository. */
export interface Responses {
  /** By tag and digest: the image, undefined for 404, or the reason why it cannot be read. */
  readonly images: Map<string, Image | undefined | string>;
  /** The registry's errors, by tag and digest: of those it may respond with something else a moment later. */
  readonly failures: Map<string, DomainError>;
}

// References that are requested at the same time.
const concurrency = 8;
// Distribution 2.8 responds 500 for a tag while it writes it, which takes a few milliseconds.
const retryMs = 50;
// After this many errors without a response between them the registry fails for all: the others are not requested.
const maxConsecutiveFailures = 10;

/** Reads the tags and digests that events of one repository refer to. */
@Injectable()
export class ReferenceFetcher {
  constructor(
    private readonly images: ImageReader,
    private readonly client: RegistryClient,
  ) {}

  /**
   * Reads references from the registry. An error response concerns its reference alone, which is requested once more;
   * those of the others are returned with it. Throws REGISTRY_UNREACHABLE and REGISTRY_UNAUTHORIZED.
   */
  async fetch(registry: Registry, path: string, { tags, digests }: References): Promise<Responses> {
    const responses: Responses = { images: new Map(), failures: new Map() };
    const { images, failures } = responses;
    let consecutive = 0;
    let lastFailure: DomainError | undefined;
    const readAll = (references: readonly string[]): Promise<void> =>
      forEachLimited(concurrency, references, async (reference) => {
        if (images.has(reference)) return;
        if (lastFailure !== undefined && consecutive >= maxConsecutiveFailures) {
          failures.set(reference, lastFailure);
          return;
        }
        try {
          const image = await this.read(registry, path, reference);
          consecutive = 0;
          images.set(reference, image);
          // Saves the request by digest for an image that was fetched by tag.
          if (typeof image === 'object') images.set(image.digest, image);
        } catch (error) {
          if (!isFailureOfOne(error)) throw error;
          consecutive += 1;
          lastFailure = error;
          failures.set(reference, error);
        }
      });
    await readAll(tags);
    await readAll(digests);
    return responses;
  }

  /** True if the registry lists the repository's tags, so that an error for one of them is not an outage. */
  async listsTags(registry: Registry, path: string): Promise<boolean> {
    try {
      await this.client.tags(registry, path);
      return true;
    } catch (error) {
      if (error instanceof DomainError) return false;
      throw error;
    }
  }

  private async read(
    registry: Registry,
    path: string,
    reference: string,
  ): Promise<Image | undefined | string> {
    const read = (): Promise<Image | undefined | string> =>
      this.images.read(registry, path, reference).catch((error: unknown) => {
        if (isUnreadable(error)) return error.message;
        throw error;
      });
    try {
      return await read();
    } catch (error) {
      if (!isFailureOfOne(error)) throw error;
      await pause(retryMs);
      return read();
    }
  }
}

const isFailureOfOne = (error: unknown): error is DomainError =>
  error instanceof DomainError && error.code === 'REGISTRY_ERROR';
