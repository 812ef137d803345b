import { createHmac } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { ipPrefixOf } from '@central-index/accounts';
import { Database, Sealer } from '@central-index/platform/database';
import type { EntityManager } from 'typeorm';
import { hourOf, weightOf, type UniquePull } from '../repository/unique-pull-weight';

// An hour, and another for reports that come late.
const retentionMinutes = 120;

/**
 * Knows who pulled what in this hour, so that it counts once. Kept is a keyed digest of address, repository and hour,
 * from which no address can be told, nor that two of them are of the same one.
 */
@Injectable()
export class UniquePulls {
  private readonly key: Buffer;

  constructor(
    private readonly database: Database,
    sealer: Sealer,
  ) {
    this.key = sealer.macKey('pull-visitor');
  }

  /** What the unique pulls that were not known yet add to each repository. */
  async record(manager: EntityManager, uniquePulls: readonly UniquePull[]): Promise<Map<string, number>> {
    const digests = new Map(uniquePulls.map((uniquePull) => [this.digest(uniquePull), uniquePull]));
    // In one order, so that two who meet the same never wait for each other crosswise.
    const fresh = await this.database.rows<{ digest: string }>(
      `insert into unique_pull (digest) select * from unnest($1::text[]) as met(digest) order by digest
       on conflict do nothing returning digest`,
      [[...digests.keys()]],
      manager,
    );
    const gains = new Map<string, number>();
    for (const { digest } of fresh) {
      const { repositoryId, at } = digests.get(digest)!;
      gains.set(repositoryId, (gains.get(repositoryId) ?? 0) + weightOf(hourOf(at)));
    }
    return gains;
  }

  /** Forgets those of hours that are over. */
  async purgeExpired(): Promise<void> {
    await this.database.rows(
      'delete from unique_pull where recorded_at < now() - make_interval(mins => $1)',
      [retentionMinutes],
    );
  }

  private digest({ repositoryId, address, at }: UniquePull): string {
    const uniquePull = `${repositoryId} ${hourOf(at)} ${ipPrefixOf(address)}`;
    return createHmac('sha256', this.key).update(uniquePull).digest('base64url').slice(0, 22);
  }
}
