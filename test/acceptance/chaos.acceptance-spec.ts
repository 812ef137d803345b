import assert from 'node:assert/strict';
import { scenarios } from '../../chaos';
import { failedMeasurements, formatMeasurement } from '../../chaos/scenario';
import { noMeilisearch } from '../support/meilisearch-server';
import { describeWithReal } from './support/describe-with-real';
import { generations, registryProgram } from './support/programs';
import { diagnostic, itUnless } from '../support/jest';

// search-kills has its own spec.
const scenariosToRun = Object.entries(scenarios).filter(([name]) => name !== 'search-kills');

for (const [name, scenario] of scenariosToRun) {
  const skip = name === 'meilisearch-faults' ? noMeilisearch : false;
  const programs = name === 'lost-pushes' ? generations.map(registryProgram) : [];
  describeWithReal(`chaos scenario ${name}`, programs, () => {
    itUnless(
      skip,
      'meets its targets in its short form',
      async () => {
        const measurements = await scenario({ short: true });
        for (const measurement of measurements) diagnostic(formatMeasurement(measurement).trim());
        assert.deepEqual(failedMeasurements(measurements), []);
      },
      300_000,
    );
  });
}
