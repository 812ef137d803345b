import { ipPrefixOf } from '@central-index/accounts';
import { Database, Sealer } from '@central-index/platform/database';
import { Injectable } from '@nestjs/common';
import { createHmac } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { hourOf, weightOf, type UniquePull } from '../repository/unique-pull-weight';
import { deleteUniquePullsOlderThan, insertUniquePulls } from './unique-pulls.queries';

// The hour of the pull, and another for events that arrive late.
const retentionMinutes = 120;

/**
 * Recognizes pulls of one repository from one IP prefix in one hour, so that they count once. Stored is a keyed digest of
 * prefix, repository and hour, which reveals neither the address nor that two digests are of the same address.
 */
@Injectable()
export class UniquePulls {
  private readonly key: Buffer;

  constructor(
    private readonly database: Database,
    sealer: Sealer,
  ) {
    this.key = sealer.macKey('unique-pull');
  }

  /** Records pulls, and returns by repository the weight of those that are unique. */
  async record(manager: EntityManager, uniquePulls: readonly UniquePull[]): Promise<Map<string, number>> {
    const byDigest = new Map(uniquePulls.map((uniquePull) => [this.digest(uniquePull), uniquePull]));
    const inserted = await this.database.query(insertUniquePulls, [[...byDigest.keys()]], manager);
    const weights = new Map<string, number>();
    for (const { digest } of inserted) {
      const { repositoryId, at } = byDigest.get(digest)!;
      weights.set(repositoryId, (weights.get(repositoryId) ?? 0) + weightOf(hourOf(at)));
    }
    return weights;
  }

  /** Deletes the digests of past hours, and returns how many. */
  purgeExpired(): Promise<number> {
    return this.database.execute(deleteUniquePullsOlderThan, [retentionMinutes]);
  }

  private digest({ repositoryId, address, at }: UniquePull): string {
    const uniquePull = `${repositoryId} ${hourOf(at)} ${ipPrefixOf(address)}`;
    return createHmac('sha256', this.key).update(uniquePull).digest('base64url').slice(0, 22);
  }
}
