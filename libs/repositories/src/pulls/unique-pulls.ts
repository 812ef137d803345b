import { createHmac } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { addressBlock } from '@central-index/accounts';
import { Database, Sealer } from '@central-index/platform/database';
import type { EntityManager } from 'typeorm';
import { hourOf, weightOf, type Visit } from '../repository/unique-pull-weight';

// An hour, and another for reports that come late.
const keptMinutes = 120;

/**
 * Knows who pulled what in this hour, so that it counts once. Kept is a keyed digest of address, repository and hour,
 * from which no address can be told, nor that two of them are of the same one.
 */
@Injectable()
export class Visitors {
  private readonly key: Buffer;

  constructor(
    private readonly database: Database,
    sealer: Sealer,
  ) {
    this.key = sealer.macKey('pull-visitor');
  }

  /** What the visits that were not known yet add to each repository. */
  async meet(manager: EntityManager, visits: readonly Visit[]): Promise<Map<string, number>> {
    const digests = new Map(visits.map((visit) => [this.digest(visit), visit]));
    // In one order, so that two who meet the same never wait for each other crosswise.
    const fresh = await this.database.rows<{ digest: string }>(
      `insert into pull_visitor (digest) select * from unnest($1::text[]) as met(digest) order by digest
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
  async forgetOld(): Promise<void> {
    await this.database.rows('delete from pull_visitor where stored_at < now() - make_interval(mins => $1)', [
      keptMinutes,
    ]);
  }

  private digest({ repositoryId, address, at }: Visit): string {
    const visit = `${repositoryId} ${hourOf(at)} ${addressBlock(address)}`;
    return createHmac('sha256', this.key).update(visit).digest('base64url').slice(0, 22);
  }
}
