import assert from 'node:assert/strict';
import { it } from 'node:test';
import { scenarios } from '../../chaos';
import { describeFigure, missed } from '../../chaos/scenario';
import { noMeilisearch } from '../support/meilisearch-server';
import { describeWithReal, generations, registryProgram } from './support/programs';

// search-kills has a spec of its own.
const held = Object.entries(scenarios).filter(([name]) => name !== 'search-kills');

for (const [name, drill] of held) {
  const skip = name === 'meilisearch-faults' ? noMeilisearch : false;
  const programs = name === 'lost-pushes' ? generations.map(registryProgram) : [];
  describeWithReal(`the drill ${name}`, programs, () => {
    it('finds what is asked, in its short form', { timeout: 300_000, skip }, async (t) => {
      const figures = await drill({ short: true });
      for (const figure of figures) t.diagnostic(describeFigure(figure).trim());
      assert.deepEqual(missed(figures), []);
    });
  });
}
