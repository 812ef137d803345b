import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { Client } from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database';
import { hasMembers, isMember } from './membership';
import { isMembershipUnchangedSql, isMemberSql, membershipColumns } from './membership.queries';

describe('membership', () => {
  let database: TestDatabase;
  let client: Client;
  beforeAll(async () => {
    database = await createTestDatabase();
    client = new Client({ connectionString: database.url });
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  const evaluate = async (ownerId: string | null, condition: string, value: string | null) => {
    const { rows } = await client.query<{ ownerId: string | null; holds: boolean | null }>(
      `select ${membershipColumns}, ${condition} as holds from (select $1::bigint as owner_id) namespace`,
      [ownerId, value],
    );
    return rows[0]!;
  };

  it('is the same in SQL as in TypeScript', async () => {
    for (const owner of ['1', '2', null]) {
      for (const account of ['1', '2']) {
        const { ownerId, holds } = await evaluate(owner, isMemberSql('$2'), account);
        assert.equal(holds ?? false, isMember({ id: account }, { ownerId }), `${account} in ${owner}'s`);
      }
      const { ownerId, holds } = await evaluate(owner, isMemberSql('$2'), null);
      assert.equal(holds ?? false, false, 'a caller without an account is a member of nothing');
      assert.equal(hasMembers({ ownerId }), owner !== null);
    }
  });

  it('is unchanged only for the same owner', async () => {
    for (const owner of ['1', '2', null]) {
      for (const before of ['1', '2', null]) {
        const { holds } = await evaluate(owner, isMembershipUnchangedSql('$2'), before);
        assert.equal(holds, owner === before);
      }
    }
  });
});
