import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registryClientContract } from '../contracts/registry-client.contract';
import { describeWithReal } from './support/describe-with-real';
import { generations, registryProgram } from './support/programs';
import { BlobRegistry } from './support/registry';

// Runs the suite of the fake registry against real ones, without authentication: other specs test tokens, together
// with the index.
for (const generation of generations) {
  describeWithReal(`registry client contract with ${generation}`, [registryProgram(generation)], () => {
    registryClientContract(generation, generation === 'distribution2' ? '2.8' : '3.x', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'central-index-contract-'));
      const registry = await BlobRegistry.prepare(generation, folder);
      await registry.start('');
      return {
        url: registry.url,
        stop: async () => {
          await registry.stop();
          rmSync(folder, { recursive: true, force: true });
        },
      };
    });
  });
}
