import assert from 'node:assert/strict';
import { it } from '@jest/globals';
import { createTestDatabase } from '../support/database';
import { runProcessKills } from '../support/process-kills';

it('search loses no change and shows no private repository when server and worker are killed', async () => {
  const database = await createTestDatabase();
  try {
    const { kills, changes, lost, phantom, milliseconds } = await runProcessKills({ database, kills: 6 });
    assert.deepEqual(kills, { worker: 3, server: 3 });
    assert.ok(changes > 20, `${changes} changes`);
    assert.deepEqual([lost, phantom], [[], []]);
    assert.ok(milliseconds < 30_000, `${milliseconds} ms until search agreed`);
  } finally {
    await database.drop();
  }
});
