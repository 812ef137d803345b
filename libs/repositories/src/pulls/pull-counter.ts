import { Injectable } from '@nestjs/common';
import { Database } from '@central-index/platform/database';
import { Jobs } from '@central-index/platform/jobs';
import { NotificationsService, type Registry } from '@central-index/registries';
import type { EntityManager } from 'typeorm';
import { attributePulls, type ManifestRequestRow } from './pull-attribution';
import { timeOf, type ManifestRequest } from './manifest-request';
import { repositoryChanged } from '../repository/repositories.facts';
import { UniquePulls } from './unique-pulls';
import type { UniquePull } from '../repository/unique-pull-weight';

/** A reported request for a manifest of a repository. */
export interface PendingPullEvent {
  readonly id: string;
  readonly receivedAt: Date;
  readonly event: ManifestRequest;
}

/** The requests of one address to one repository. */
interface Span {
  readonly repositoryId: string;
  readonly address: string;
  readonly from: Date;
  readonly to: Date;
}

interface Row extends ManifestRequestRow {
  readonly repositoryId: string;
  readonly address: string;
  readonly counted: string | null;
  /** False for one that only decides about others. */
  readonly open: boolean;
  readonly day: string;
}

// Popular repositories are pulled all the time; search may hear of it now and then.
const emitDelaySeconds = 15;
// Longer than what may lie between two requests of one pull, with room for reports that come late.
const retentionMinutes = 10;

/** Counts pulls by the requests that registries report: each once, whatever order they come in. */
@Injectable()
export class PullCounter {
  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
    private readonly notifications: NotificationsService,
    private readonly uniquePulls: UniquePulls,
  ) {}

  /** Counts what was reported of many repositories, in one transaction and without asking the registry. */
  async apply(registry: Registry, reports: ReadonlyMap<string, readonly PendingPullEvent[]>): Promise<void> {
    if (reports.size === 0) return;
    await this.database.transaction(async (manager) => {
      const placed = await this.lock(manager, registry.id, [...reports.keys()]);
      const all = [...reports].flatMap(([repositoryId, list]) =>
        list.map((report) => ({ ...report, repositoryId })),
      );
      const idsOf = (isPlaced: boolean): string[] =>
        all.filter(({ repositoryId }) => placed.has(repositoryId) === isPlaced).map(({ id }) => id);
      const reason = 'the repository is no longer placed on this registry';
      await this.notifications.setState(manager, idsOf(false), 'parked', reason);
      const applied = await this.notifications.setState(manager, idsOf(true), 'applied');
      const fresh = all.filter(({ id }) => applied.has(id));
      if (fresh.length === 0) return;
      await this.store(manager, fresh);
      await this.count(manager, spansOf(fresh));
    });
  }

  /** Counts the last minutes of a repository anew, after it became known which manifests belong to which index. */
  async recount(manager: EntityManager, repositoryId: string): Promise<void> {
    const spans = await this.database.rows<Span>(
      `select repository_id as "repositoryId", address, min(at) as from, max(at) as to
         from manifest_request where repository_id = $1 group by 1, 2`,
      [repositoryId],
      manager,
    );
    await this.count(manager, spans);
  }

  /** Forgets requests to which no other can belong any more, and old visitors; what was counted stays. */
  async purgeExpired(): Promise<void> {
    await this.uniquePulls.purgeExpired();
    await this.database.rows(
      `delete from manifest_request where recorded_at < now() - make_interval(mins => $1)`,
      [retentionMinutes],
    );
  }

  // In the order of ids, so that two processes cannot wait for each other.
  private async lock(
    manager: EntityManager,
    registryId: string,
    ids: readonly string[],
  ): Promise<Set<string>> {
    const rows = await this.database.rows<{ id: string }>(
      `select id from repository where id = any($1::bigint[]) and registry_id = $2 and state <> 'deleted'
        order by id for no key update`,
      [ids, registryId],
      manager,
    );
    return new Set(rows.map(({ id }) => id));
  }

  private async store(
    manager: EntityManager,
    reports: readonly (PendingPullEvent & { repositoryId: string })[],
  ): Promise<void> {
    await manager.query(
      `insert into manifest_request (repository_id, address, at, head, tag, digest)
       select * from unnest($1::bigint[], $2::text[], $3::timestamptz[], $4::boolean[], $5::text[], $6::text[])`,
      [
        reports.map(({ repositoryId }) => repositoryId),
        reports.map(addressOf),
        reports.map(timeOf),
        reports.map(({ event }) => event.head),
        reports.map(({ event }) => event.tag ?? null),
        reports.map(({ event }) => event.digest),
      ],
    );
  }

  private async count(manager: EntityManager, spans: readonly Span[]): Promise<void> {
    const rows = await this.requests(manager, spans);
    const children = await this.children(manager, rows);
    const changes = [...grouped(rows).values()].flatMap((requests) => {
      const attributed = attributePulls(
        requests,
        (digest) => children.get(`${requests[0]!.repositoryId} ${digest}`) ?? [],
      );
      return requests
        .map((row) => ({ ...row, now: attributed.get(row.id) ?? null }))
        .filter(({ open, counted, now }) => open && counted !== now);
    });
    if (changes.length === 0) return;
    await manager.query(
      `update manifest_request set counted_as = change.counted_as
         from unnest($1::bigint[], $2::text[]) as change(id, counted_as) where manifest_request.id = change.id`,
      [changes.map(({ id }) => id), changes.map(({ now }) => now)],
    );
    // A request that turns out to be part of another pull takes no unique pull back: that pull is of the same one.
    const uniquePulls = changes
      .filter(({ counted }) => counted === null)
      .map(({ repositoryId, address, at }) => ({
        repositoryId,
        address: address.startsWith(nobody) ? '' : address,
        at,
      }));
    await this.add(
      manager,
      changes.flatMap(({ repositoryId, day, counted, now }) => [
        ...(counted === null ? [] : [{ repositoryId, day, reference: counted, pulls: -1 }]),
        ...(now === null ? [] : [{ repositoryId, day, reference: now, pulls: 1 }]),
      ]),
      uniquePulls,
    );
  }

  // What may change: everything from the first new request on. What decides it besides: of the ten seconds before, the
  // latest look and the latest GET of each manifest, which keeps what is read small where one address pulls all the time.
  private requests(manager: EntityManager, spans: readonly Span[]): Promise<Row[]> {
    return this.database.rows<Row>(
      `with span as (
         select * from unnest($1::bigint[], $2::text[], $3::timestamptz[], $4::timestamptz[])
                       as span(repository_id, address, earliest, latest)
       )
       select id, repository_id as "repositoryId", address, at, head, tag, digest, counted_as as counted, open,
              to_char(at at time zone 'UTC', 'YYYY-MM-DD') as day
         from span cross join lateral (
           (select id, at, head, tag, digest, counted_as, true as open from manifest_request one
             where one.repository_id = span.repository_id and one.address = span.address
               and at between earliest and latest + interval '10 seconds')
           union all
           (select distinct on (head, digest) id, at, head, tag, digest, counted_as, false from manifest_request one
             where one.repository_id = span.repository_id and one.address = span.address
               and at >= earliest - interval '10 seconds' and at < earliest
             order by head, digest, at desc, tag collate "C")
         ) request`,
      [
        spans.map(({ repositoryId }) => repositoryId),
        spans.map(({ address }) => address),
        spans.map(({ from }) => from),
        spans.map(({ to }) => to),
      ],
      manager,
    );
  }

  private async children(manager: EntityManager, rows: readonly Row[]): Promise<Map<string, string[]>> {
    const found = await this.database.rows<{ repositoryId: string; digest: string; children: string[] }>(
      `select repository_id as "repositoryId", digest, children
         from (select distinct * from unnest($1::bigint[], $2::text[]) as asked(repository_id, digest)) asked
         join manifest using (repository_id, digest) where children <> '{}'`,
      [rows.map(({ repositoryId }) => repositoryId), rows.map(({ digest }) => digest)],
      manager,
    );
    return new Map(found.map((one) => [`${one.repositoryId} ${one.digest}`, one.children]));
  }

  private async add(
    manager: EntityManager,
    counts: readonly { repositoryId: string; day: string; reference: string; pulls: number }[],
    uniquePulls: readonly UniquePull[],
  ): Promise<void> {
    const columns = [
      counts.map(({ repositoryId }) => repositoryId),
      counts.map(({ day }) => day),
      counts.map(({ reference }) => reference),
      counts.map(({ pulls }) => pulls),
    ];
    const changed = `
      changed as (
        select repository_id, day, reference, sum(pulls)::bigint as pulls
          from unnest($1::bigint[], $2::date[], $3::text[], $4::int[]) as change(repository_id, day, reference, pulls)
         group by 1, 2, 3 having sum(pulls) <> 0
      )`;
    // A check looks at a row before it finds its like, so what only takes away must not come as an insert.
    await manager.query(
      `with ${changed} update pull_count set pulls = pull_count.pulls + changed.pulls from changed
        where changed.pulls < 0 and pull_count.repository_id = changed.repository_id
          and pull_count.day = changed.day and pull_count.reference = changed.reference`,
      columns,
    );
    await manager.query(
      `with ${changed} insert into pull_count (repository_id, day, reference, pulls)
       select * from changed where pulls > 0 order by 1, 2, 3
       on conflict (repository_id, day, reference) do update set pulls = pull_count.pulls + excluded.pulls`,
      columns,
    );
    const gains = await this.uniquePulls.record(manager, uniquePulls);
    const repositories = await this.database.rows<{ id: string }>(
      `with ${changed}, gained as (
         select repository_id, 0 as pulls, gain from unnest($5::bigint[], $6::float8[]) as one(repository_id, gain)
         union all select repository_id, pulls, 0 from changed
       )
       update repository set pulls = repository.pulls + total.pulls, unique_pulls = repository.unique_pulls + total.gain
         from (select repository_id, sum(pulls) as pulls, sum(gain) as gain from gained group by 1) total
        where id = total.repository_id and (total.pulls <> 0 or total.gain > 0) returning id`,
      [...columns, [...gains.keys()], [...gains.values()]],
      manager,
    );
    await this.jobs.emitDelayed(
      manager,
      repositories.map(({ id }) => repositoryChanged({ repositoryId: id })),
      emitDelaySeconds,
    );
  }
}

const nobody = 'event ';

// Who gives no address is nobody's neighbour.
function addressOf({ id, event }: PendingPullEvent): string {
  return event.address || `${nobody}${id}`;
}

function spansOf(reports: readonly (PendingPullEvent & { repositoryId: string })[]): Span[] {
  const spans = new Map<string, Span>();
  for (const report of reports) {
    const { repositoryId } = report;
    const address = addressOf(report);
    const at = timeOf(report);
    const known = spans.get(`${repositoryId} ${address}`);
    spans.set(`${repositoryId} ${address}`, {
      repositoryId,
      address,
      from: known === undefined || at < known.from ? at : known.from,
      to: known === undefined || at > known.to ? at : known.to,
    });
  }
  return [...spans.values()];
}

function grouped(rows: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = `${row.repositoryId} ${row.address}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
}
