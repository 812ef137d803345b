import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registryClientContract } from '../contracts/registry-client.contract';
import { describeWithReal } from './support/describe-with-real';
import { registryKinds, registryProgram } from './support/programs';
import { BlobRegistry } from './support/registry';

// Runs the suite of the fake registry against real ones, without authentication: other specs test tokens, together
// with the index.
const generations = { distribution2: '2.8', distribution3: '3.x', zot: 'zot' } as const;

for (const kind of registryKinds) {
  describeWithReal(`registry client contract with ${kind}`, [registryProgram(kind)], () => {
    const open = async () => {
      const folder = mkdtempSync(join(tmpdir(), 'central-index-contract-'));
      const registry = await BlobRegistry.prepare(kind, folder);
      // By default, zot has every blob in all repositories.
      await registry.start(kind === 'zot' ? '{"storage":{"dedupe":false}}' : '');
      return {
        url: registry.url,
        stop: async () => {
          await registry.stop();
          rmSync(folder, { recursive: true, force: true });
        },
      };
    };
    registryClientContract(kind, generations[kind], open, { validates: true });
  });
}
