import assert from 'node:assert/strict';
import type { INestApplicationContext } from '@nestjs/common';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { Database } from '@central-index/platform/database';
import { RepositoriesModule } from '@central-index/repositories';
import { imageOf } from '../../../../test/support/images';
import { PlainTokensModule } from '../../../../test/support/plain-tokens';
import { RegistryFixture } from '../../../../test/support/registry-fixture';
import { RegistryUser } from '../../../../test/support/registry-user';
import { openTestModule } from '../../../../test/support/test-module';
import { TagDeletionsService } from '../lifecycle/tag-deletions.service';
import { RegistrySyncModule } from '../registry-sync.module';
import { ContentsService } from './contents.service';
import { nothingObserved } from './observed-contents';

interface EmittedFact {
  readonly type: string;
  readonly repositoryId: string;
  readonly tag: string;
  readonly digest: string;
  readonly actor: string | null;
}

describe('facts about tags', () => {
  let at: RegistryFixture;
  let alice: RegistryUser;
  let context: INestApplicationContext;
  let number = 0;
  const [one, two] = [imageOf('one'), imageOf('two')];

  beforeAll(async () => {
    at = await RegistryFixture.start('3.x');
    alice = new RegistryUser(at.fake.url, 'alice');
    context = await openTestModule(at.database, [
      RepositoriesModule,
      RegistrySyncModule.using(PlainTokensModule),
    ]);
    await at.sql.query(
      `insert into account (name, email, password_hash) values ('alice', 'a@example.org', 'x')`,
    );
  });
  afterAll(async () => {
    await context.close();
    await at.stop();
  });

  /** A repository to which alice was granted a push, or not. */
  async function place(isGranted = true): Promise<{ path: string; id: string }> {
    const path = `alice/facts${(number += 1)}`;
    const id = await at.place(path);
    if (isGranted) {
      await at.sql.query(`insert into push_grant select $1, id, now() from account where name = 'alice'`, [
        id,
      ]);
    }
    return { path, id };
  }

  /** The facts emitted since the last call, by tag. Each is written by the transaction that changed the repository. */
  async function emitted(): Promise<EmittedFact[]> {
    const { rows } = await at.sql.query<EmittedFact & { isSameTransaction: boolean }>(
      `delete from fact_outbox where type in ('tag.pushed', 'tag.deleted')
       returning type, payload ->> 'repositoryId' as "repositoryId", payload ->> 'tag' as tag,
                 payload ->> 'digest' as digest, payload ->> 'actor' as actor,
                 xmin::text = (select xmin::text from repository where id = (payload ->> 'repositoryId')::bigint)
                   as "isSameTransaction"`,
    );
    return rows
      .map(({ isSameTransaction, ...fact }) => {
        assert.ok(isSameTransaction, `${fact.type} of ${fact.tag}`);
        return fact;
      })
      .sort((a, b) => a.tag.localeCompare(b.tag));
  }

  /** A repository with tags of the same image, whose facts were read. */
  async function placeWithTags(...tags: string[]): Promise<{ path: string; id: string }> {
    const repository = await place();
    for (const tag of tags) await alice.push(repository.path, one, tag);
    await at.deliverAndApply();
    assert.equal((await emitted()).length, tags.length);
    return repository;
  }

  it('name the pusher of a first push, once, however many times its event arrives', async () => {
    const { path, id } = await place();
    await alice.push(path, one, 'v1');
    const events = at.fake.drainEvents();
    await at.deliver(events);
    await at.apply();
    const pushed = { type: 'tag.pushed', repositoryId: id, tag: 'v1', digest: one.digest, actor: 'alice' };
    assert.deepEqual(await emitted(), [pushed]);
    await at.deliver(events);
    await at.apply();
    await at.deliver(events.map((event, n) => ({ ...event, id: `repeated ${path} ${n}` })));
    await at.apply();
    assert.deepEqual(await emitted(), []);
  });

  it('name no pusher who was not granted the push', async () => {
    const { path, id } = await place(false);
    await alice.push(path, one, 'v1');
    await at.deliverAndApply();
    const pushed = { type: 'tag.pushed', repositoryId: id, tag: 'v1', digest: one.digest, actor: null };
    assert.deepEqual(await emitted(), [pushed]);
  });

  it('are emitted for a tag that moves to another digest, and not for a second push of the same digest', async () => {
    const { path, id } = await placeWithTags('v1');
    await alice.push(path, two, 'v1');
    await at.deliverAndApply();
    const pushed = { type: 'tag.pushed', repositoryId: id, tag: 'v1', digest: two.digest, actor: 'alice' };
    assert.deepEqual(await emitted(), [pushed]);
    await alice.push(path, two, 'v1');
    await at.deliverAndApply();
    assert.deepEqual(await emitted(), []);
  });

  it('name no pusher of a tag that a reconcile finds, and are not repeated when its event arrives', async () => {
    const { path, id } = await place();
    await alice.push(path, one, 'v1');
    const late = at.fake.drainEvents();
    await at.reconcile();
    const pushed = { type: 'tag.pushed', repositoryId: id, tag: 'v1', digest: one.digest, actor: null };
    assert.deepEqual(await emitted(), [pushed]);
    await at.deliver(late);
    await at.apply();
    await at.reconcile({ full: true });
    assert.deepEqual(await emitted(), []);
  });

  it('name the account that requested a deletion, once', async () => {
    const { path, id } = await placeWithTags('v1', 'v2');
    await at.sql.query(
      `insert into tag_deletion (repository_id, tag, digest, requested_by) values ($1, 'v1', $2, 'alice')`,
      [id, one.digest],
    );
    const deletions = context.get(TagDeletionsService, { strict: false });
    assert.ok(await deletions.finish(id, 'v1'));
    assert.deepEqual(Object.keys(at.fake.contents(path).tags), ['v2']);
    const deleted = { type: 'tag.deleted', repositoryId: id, tag: 'v1', digest: one.digest, actor: 'alice' };
    assert.deepEqual(await emitted(), [deleted]);
    await deletions.finish(id, 'v1');
    // The registry's own event for the same deletion.
    await at.deliverAndApply();
    assert.deepEqual(await emitted(), []);
  });

  it('name no account for a deletion that the registry reported', async () => {
    const { path, id } = await placeWithTags('v1', 'v2');
    assert.equal(await alice.delete(path, 'v1'), 202);
    const events = at.fake.drainEvents();
    await at.deliver(events);
    await at.apply();
    const deleted = { type: 'tag.deleted', repositoryId: id, tag: 'v1', digest: one.digest, actor: null };
    assert.deepEqual(await emitted(), [deleted]);
    await at.deliver(events.map((event, n) => ({ ...event, id: `repeated ${path} ${n}` })));
    await at.apply();
    assert.deepEqual(await emitted(), []);
  });

  it('are emitted for each tag of a deleted digest', async () => {
    const { path, id } = await placeWithTags('v1', 'v2');
    assert.equal(await alice.delete(path, one.digest), 202);
    await at.deliverAndApply();
    assert.deepEqual(
      await emitted(),
      ['v1', 'v2'].map((tag) => ({
        type: 'tag.deleted',
        repositoryId: id,
        tag,
        digest: one.digest,
        actor: null,
      })),
    );
  });

  it('are emitted for a tag that two reconciles miss', async () => {
    const { path, id } = await placeWithTags('v1', 'v2');
    await alice.delete(path, 'v1');
    at.fake.drainEvents();
    await at.reconcile();
    assert.deepEqual(await emitted(), []);
    await at.reconcile();
    const deleted = { type: 'tag.deleted', repositoryId: id, tag: 'v1', digest: one.digest, actor: null };
    assert.deepEqual(await emitted(), [deleted]);
  });

  it('are rolled back with their change', async () => {
    const { path, id } = await placeWithTags('v1');
    const contents = context.get(ContentsService, { strict: false });
    const writing = context.get(Database, { strict: false }).transaction(async (manager) => {
      await contents.write(manager, id, { ...nothingObserved, goneTags: ['v1'], deletedBy: 'alice' });
      throw new Error('rolled back');
    });
    await assert.rejects(writing, { message: 'rolled back' });
    assert.deepEqual(await emitted(), []);
    assert.deepEqual(Object.keys((await at.contents(path)).tags), ['v1']);
  });
});
