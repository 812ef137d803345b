import { AuditService, type Actor } from '@central-index/audit';
import { Database } from '@central-index/platform/database';
import { invalidInput, notFound } from '@central-index/platform/errors';
import { RegistriesService } from '@central-index/registries';
import { Injectable } from '@nestjs/common';
import { ruleOrder } from '../repository/repository-queries';

/** Which names are pushed to which registry. */
export interface PlacementRule {
  /** `namespace/name`, `library/name` for official ones; `*` stays inside one component. */
  readonly pattern: string;
  readonly registry: string;
}

const component = '[a-z0-9*](?:[a-z0-9._*-]*[a-z0-9*])?';
const shape = new RegExp(`^${component}(?:/${component})?$`);

/** Rules that say on which registry new repositories are to lie. Those that lie somewhere already stay there. */
@Injectable()
export class PlacementRulesService {
  constructor(
    private readonly database: Database,
    private readonly registries: RegistriesService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Sets the rule for a pattern; a pattern without a slash is of namespaces, `team-*` the same as `team-*\/*`. Where
   * several match, the longest holds. Throws VALIDATION_FAILED and NOT_FOUND.
   */
  async set(pattern: string, registryName: string, actor: Actor): Promise<PlacementRule> {
    const full = complete(pattern);
    const registry = await this.registries.get(registryName);
    await this.database.transaction(async (manager) => {
      await manager.query(
        `insert into placement_rule (pattern, registry_id) values ($1, $2)
         on conflict (pattern) do update set registry_id = excluded.registry_id`,
        [full, registry.id],
      );
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
      const gone = await this.database.rows(
        'delete from placement_rule where pattern = $1 returning pattern',
        [full],
        manager,
      );
      if (gone.length === 0) throw notFound(`rule for ${full}`);
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
    return this.database.rows<PlacementRule>(
      `select pattern, registry.name as registry
         from placement_rule join registry on registry.id = registry_id ${ruleOrder}`,
    );
  }
}

function complete(pattern: string): string {
  const full = pattern.includes('/') ? pattern : `${pattern}/*`;
  if (!shape.test(full)) {
    throw invalidInput([
      {
        field: 'pattern',
        message: 'must look like team-*, or like team-*/app; * stays inside one component',
      },
    ]);
  }
  return full;
}
