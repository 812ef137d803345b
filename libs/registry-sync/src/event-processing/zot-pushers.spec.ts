import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { imageOf } from '../../../../test/support/images';
import { RegistryUser } from '../../../../test/support/registry-user';
import { RegistryFixture } from '../../../../test/support/registry-fixture';

describe('the pusher of an image on zot, which names none', () => {
  let at: RegistryFixture;
  let client: RegistryUser;
  beforeAll(async () => {
    at = await RegistryFixture.start('zot');
    client = new RegistryUser(at.fake.url, 'alice');
    for (const name of ['alice', 'bob']) {
      await at.sql.query(
        `insert into account (name, email, password_hash) values ($1, $1 || '@example.org', 'x')`,
        [name],
      );
    }
  });
  afterAll(() => at.stop());

  const grant = (repositoryId: string, name: string, age: string): Promise<unknown> =>
    at.sql.query(
      `insert into push_grant (repository_id, account_id, granted_at)
       select $1, id, now() - $3::interval from account where name = $2`,
      [repositoryId, name, age],
    );
  const pushers = async (path: string): Promise<unknown> => {
    const { rows } = await at.sql.query(
      `select tag.name as tag, account.name as pusher
         from tag join repository on repository.id = tag.repository_id left join account on account.id = pushed_by_id
        where path = $1 order by 1`,
      [path],
    );
    return Object.fromEntries(rows.map(({ tag, pusher }) => [tag, pusher]));
  };

  it('is the account that was granted a push within the day, if that was one alone', async () => {
    const id = await at.place('alice/app');
    await client.push('alice/app', imageOf('none'), 'none');
    await at.deliverAndApply();
    await grant(id, 'alice', '1 hour');
    await grant(id, 'bob', '25 hours');
    await client.push('alice/app', imageOf('one'), 'one');
    await at.deliverAndApply();
    await at.sql.query(`update push_grant set granted_at = now() where account_id in
                          (select id from account where name = 'bob')`);
    await client.push('alice/app', imageOf('two'), 'two');
    await at.deliverAndApply();
    assert.deepEqual(await pushers('alice/app'), { none: null, one: 'alice', two: null });
  });

  it('is no account for what the index itself copies', async () => {
    const id = await at.place('alice/copied');
    await grant(id, 'alice', '1 minute');
    await client.push('alice/copied', imageOf('copied'), 'v1');
    for (const event of at.fake.drainEvents()) {
      const { data, ...rest } = event as unknown as { data: { request?: object } };
      const request = { ...data.request, useragent: 'central-index' };
      await at.deliver([{ ...rest, data: { ...data, request } }]);
    }
    await at.apply();
    assert.deepEqual(await pushers('alice/copied'), { v1: null });
  });
});
