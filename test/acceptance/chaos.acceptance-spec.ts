import assert from 'node:assert/strict';
import { scenarios } from '../../chaos';
import { describeFigure, missed } from '../../chaos/scenario';
import { noMeilisearch } from '../support/meilisearch-server';
import { describeWithReal } from './support/describe-with-real';
import { generations, registryProgram } from './support/programs';
import { diagnostic, itUnless } from '../support/jest';

// search-kills has a spec of its own.
const held = Object.entries(scenarios).filter(([name]) => name !== 'search-kills');

for (const [name, drill] of held) {
  const skip = name === 'meilisearch-faults' ? noMeilisearch : false;
  const programs = name === 'lost-pushes' ? generations.map(registryProgram) : [];
  describeWithReal(`the drill ${name}`, programs, () => {
    itUnless(
      skip,
      'finds what is asked, in its short form',
      async () => {
        const figures = await drill({ short: true });
        for (const figure of figures) diagnostic(describeFigure(figure).trim());
        assert.deepEqual(missed(figures), []);
      },
      300_000,
    );
  });
}
