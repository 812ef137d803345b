import { Injectable } from '@nestjs/common';
import { DomainError } from '@central-index/platform/errors';

// A page is not kept waiting for a registry, which also serves its clients.
const timeoutMs = 2_500;
const maxReads = 8;

/** Reads for pages what only registries know. A page is shown without it while its registry does not say it. */
@Injectable()
export class RegistryReads {
  private reads = 0;

  /**
   * What was read; undefined if the registry failed or did not respond in time, or if this process waits for registries
   * too often already. Rethrows all other errors.
   */
  async find<T>(read: () => Promise<T>): Promise<T | undefined> {
    if (this.reads >= maxReads) return undefined;
    this.reads += 1;
    const reading = read().finally(() => (this.reads -= 1));
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<undefined>((resolve) => {
      timer = setTimeout(resolve, timeoutMs, undefined);
    });
    try {
      return await Promise.race([reading, timeout]);
    } catch (error) {
      if (error instanceof DomainError && error.code.startsWith('REGISTRY_')) return undefined;
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }
}
