import { AuditService, type Actor } from '@central-index/audit';
import { Database } from '@central-index/platform/database';
import { invalidInput, notFound } from '@central-index/platform/errors';
import { RegistriesService } from '@central-index/registries';
import { Injectable } from '@nestjs/common';
import { PlacementRuleEntity } from './placement-rule.entity';
import {
  selectPlacementRules,
  selectPlacementRulesAfter,
  upsertPlacementRule,
  type PlacementRule,
} from './placement-rules.queries';

const component = '[a-z0-9*](?:[a-z0-9._*-]*[a-z0-9*])?';
const shape = new RegExp(`^${component}(?:/${component})?$`);

/** Rules that place new repositories on registries. Repositories that are placed already stay where they are. */
@Injectable()
export class PlacementRulesService {
  constructor(
    private readonly database: Database,
    private readonly registries: RegistriesService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Sets the rule for a pattern. A pattern without a slash is one for namespaces: `team-*` is the same as `team-*\/*`. Of
   * several patterns that match, the longest applies. Throws VALIDATION_FAILED and NOT_FOUND.
   */
  async set(pattern: string, registryName: string, actor: Actor): Promise<PlacementRule> {
    const full = complete(pattern);
    const registry = await this.registries.get(registryName);
    await this.database.transaction(async (manager) => {
      await this.database.execute(upsertPlacementRule, [full, registry.id], manager);
      await this.audit.record(manager, {
        action: 'placement-rule.set',
        actor,
        subjectType: 'placement-rule',
        subject: full,
        detail: { registry: registry.name },
      });
    });
    return { pattern: full, registry: registry.name };
  }

  /** Removes the rule of a pattern. Throws NOT_FOUND. */
  async remove(pattern: string, actor: Actor): Promise<void> {
    const full = complete(pattern);
    await this.database.transaction(async (manager) => {
      const { affected } = await manager.delete(PlacementRuleEntity, { pattern: full });
      if (affected !== 1) throw notFound('rule', full);
      await this.audit.record(manager, {
        action: 'placement-rule.removed',
        actor,
        subjectType: 'placement-rule',
        subject: full,
      });
    });
  }

  /** All rules, in the order in which they are tried. */
  list(): Promise<PlacementRule[]> {
    return this.database.query(selectPlacementRules);
  }

  /** A page of them, after the rule of the pattern `after`. */
  page({ after, limit }: { readonly after?: string; readonly limit: number }): Promise<PlacementRule[]> {
    return this.database.query(selectPlacementRulesAfter, [after ?? '', limit]);
  }
}

function complete(pattern: string): string {
  const full = pattern.includes('/') ? pattern : `${pattern}/*`;
  if (!shape.test(full)) {
    throw invalidInput([
      {
        field: 'pattern',
        message: 'must look like team-*, or like team-*/app; * matches within one component',
      },
    ]);
  }
  return full;
}
